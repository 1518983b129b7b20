// SPDX-License-Identifier: Apache-2.0
// Key encapsulation with ML-KEM (FIPS 203).
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "ossl/pkey.h"

namespace vallum::ossl {

struct Encapsulation {
  Bytes ciphertext;
  SecretBytes shared_secret;  ///< 32 bytes
};

Result<Encapsulation> Encapsulate(KeyPair& key);
/// Decapsulate of an altered ciphertext of the right size succeeds with an unrelated secret (implicit
/// rejection, FIPS 203 6.3); one of a wrong size is kInvalidArgument.
Result<SecretBytes> Decapsulate(KeyPair& key, ByteSpan ciphertext);

}  // namespace vallum::ossl
