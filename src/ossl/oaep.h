// SPDX-License-Identifier: Apache-2.0
// RSA-OAEP (SP 800-56B, RFC 8017 7.1) with an empty label and MGF1 on the same hash.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "ossl/pkey.h"

namespace vallum::ossl {

/// EncryptOaep is kInvalidArgument when `plaintext` is longer than modulus - 2 * hash - 2 bytes.
Result<Bytes> EncryptOaep(KeyPair& key, Hash hash, ByteSpan plaintext);
/// DecryptOaep is kVerifyFailed when the ciphertext was altered or is for another key; it says no
/// more than that, so that it is no padding oracle.
Result<SecretBytes> DecryptOaep(KeyPair& key, Hash hash, ByteSpan ciphertext);

}  // namespace vallum::ossl
