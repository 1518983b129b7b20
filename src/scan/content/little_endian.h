// SPDX-License-Identifier: Apache-2.0
// Little-endian numbers out of a buffer, as zip, ELF and Go's tables have them.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace vallum::scan {

/// LittleEndian reads `T` at `offset`, which must lie within `bytes` as a whole.
template <typename T>
T LittleEndian(ByteSpan bytes, std::size_t offset) {
  T value = 0;
  for (std::size_t at = sizeof(T); at > 0; --at) {
    value = static_cast<T>(static_cast<std::uint64_t>(value) << 8 | bytes[offset + at - 1]);
  }
  return value;
}

}  // namespace vallum::scan
