// SPDX-License-Identifier: Apache-2.0
// The ciphertext format (docs/formats/ciphertext.md): a pure codec, without keys or module.
// Thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace vallum::service {

inline constexpr std::size_t kCiphertextHeaderSize = 24;
inline constexpr std::size_t kGcmIvSize = 12;
inline constexpr std::size_t kGcmTagSize = 16;
inline constexpr std::size_t kMaxCiphertextSize = 66'560;

/// CiphertextClass is how the data after the header was made (numbers are stored).
enum class CiphertextClass : std::uint8_t { kAesGcm = 1, kRsaOaepSha256 = 2 };

struct CiphertextHeader {
  CiphertextClass type = CiphertextClass::kAesGcm;
  KeyId key;
  std::uint32_t version = 0;
  bool operator==(const CiphertextHeader&) const = default;
};

/// EncodeHeader returns the header's 24 bytes; for AES-GCM they are the first part of the AAD.
std::array<std::uint8_t, kCiphertextHeaderSize> EncodeHeader(const CiphertextHeader& header);

/// CiphertextView is a ciphertext taken apart; the spans view the parsed bytes.
struct CiphertextView {
  CiphertextHeader header;
  ByteSpan header_bytes;
  ByteSpan iv;   ///< 12 bytes for AES-GCM, else empty
  ByteSpan tag;  ///< 16 bytes for AES-GCM, else empty
  ByteSpan data;
};

/// ParseCiphertext takes a ciphertext apart; kInvalidArgument for anything that the format forbids.
/// EncodeHeader and the parts in order give the same bytes again.
Result<CiphertextView> ParseCiphertext(ByteSpan bytes);

}  // namespace vallum::service
