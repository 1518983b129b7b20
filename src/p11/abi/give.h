// SPDX-License-Identifier: Apache-2.0
// The two-call convention (PKCS #11, 5.2), in one place.
#pragma once

#include <algorithm>

#include "base/bytes.h"
#include "p11/core/rv.h"

namespace vallum::p11 {

/// View is the caller's input; CKR_ARGUMENTS_BAD for a null pointer with a size.
inline Ck<ByteSpan> View(const void* data, CK_ULONG size) {
  if ((data == nullptr && size != 0) || size > (CK_ULONG{1} << 32)) return Fail(CKR_ARGUMENTS_BAD);
  return ByteSpan(static_cast<const std::uint8_t*>(data), size);
}

/// What a call that asks for output wants.
enum class Wish : std::uint8_t { kSize, kOutput };

/// WishOf sets *size to `needed` when the caller asked for the size or has too little room
/// (CKR_BUFFER_TOO_SMALL); kOutput otherwise.
inline Ck<Wish> WishOf(const void* out, CK_ULONG* size, std::size_t needed) {
  if (size == nullptr) return Fail(CKR_ARGUMENTS_BAD);
  const CK_ULONG room = *size;
  if (out != nullptr && room >= needed) return Wish::kOutput;
  *size = needed;
  if (out != nullptr) return Fail(CKR_BUFFER_TOO_SMALL);
  return Wish::kSize;
}

/// Give copies a result that fits.
inline void Give(ByteSpan result, CK_BYTE* out, CK_ULONG* size) {
  std::ranges::copy(result, out);
  *size = result.size();
}

/// KeepsGoing says whether an operation stays active after this outcome (PKCS #11, 5.2).
inline bool KeepsGoing(const Ck<Wish>& wish) {
  return wish ? *wish == Wish::kSize : wish.error().value == CKR_BUFFER_TOO_SMALL;
}

}  // namespace vallum::p11
