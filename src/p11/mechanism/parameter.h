// SPDX-License-Identifier: Apache-2.0
// Reading the parameter of a mechanism out of the caller's memory.
#pragma once

#include <cstring>

#include "base/bytes.h"
#include "p11/core/rv.h"

namespace vallum::p11 {

/// ReadParameter copies a structure; CKR_MECHANISM_PARAM_INVALID for another size.
template <typename T>
Ck<T> ReadParameter(ByteSpan parameter) {
  T value;
  if (parameter.size() != sizeof(value)) return Fail(CKR_MECHANISM_PARAM_INVALID);
  std::memcpy(&value, parameter.data(), sizeof(value));
  return value;
}

/// ReadPart views memory that a structure points at; CKR_MECHANISM_PARAM_INVALID for a null pointer with a
/// size, or more than `most` bytes.
inline Ck<ByteSpan> ReadPart(const void* data, CK_ULONG size, CK_ULONG most) {
  if (size > most || (data == nullptr && size != 0)) return Fail(CKR_MECHANISM_PARAM_INVALID);
  return ByteSpan(static_cast<const std::uint8_t*>(data), size);
}

}  // namespace vallum::p11
