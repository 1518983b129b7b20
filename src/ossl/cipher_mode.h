// SPDX-License-Identifier: Apache-2.0
// The modes of operation of AES that the provider is asked for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vallum::ossl {

enum class Mode : std::uint8_t { kGcm, kCcm, kCbc, kCtr, kEcb, kXts, kKw, kKwp };
inline constexpr std::size_t kModeCount = 8;

enum class Direction : std::uint8_t { kEncrypt, kDecrypt };

/// Whether the last block is filled up to its size (PKCS #7) or has to be whole.
enum class Fill : std::uint8_t { kNone, kPkcs7 };

/// CipherName is the name that OpenSSL knows a mode by, for a key of that many bytes (XTS: both
/// keys together); null when the mode has no such key.
const char* CipherName(Mode mode, std::size_t key_size);

}  // namespace vallum::ossl
