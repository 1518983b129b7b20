// SPDX-License-Identifier: Apache-2.0
// CRC-32 (ISO-HDLC, zlib's): finds accidents before damaged code runs. No security is claimed for it.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace vallum::module {

/// Crc32Stream is the checksum of everything added so far. A single changed bit always changes it.
class Crc32Stream {
 public:
  void Add(ByteSpan bytes);
  std::uint32_t value() const { return ~state_; }

 private:
  std::uint32_t state_ = ~0u;
};

/// Crc32 is the checksum of `bytes`.
std::uint32_t Crc32(ByteSpan bytes);

}  // namespace vallum::module
