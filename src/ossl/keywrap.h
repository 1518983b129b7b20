// SPDX-License-Identifier: Apache-2.0
// AES key wrap (SP 800-38F): KW, and KWP with padding. The key's mode, Mode::kKw or Mode::kKwp, says
// which.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "ossl/cipher.h"

namespace vallum::ossl {

/// Wrap wraps key material: KWP takes 1 byte to 64 KiB, KW a multiple of 8 from 16 bytes on.
/// Thread-safe.
Result<Bytes> Wrap(const CipherKey& wrapping_key, Mode mode, ByteSpan material);
/// Unwrap is kVerifyFailed when `wrapped` was altered or made under another key.
Result<SecretBytes> Unwrap(const CipherKey& wrapping_key, Mode mode, ByteSpan wrapped);

}  // namespace vallum::ossl
