// SPDX-License-Identifier: Apache-2.0
// Elliptic curve Diffie-Hellman, C(2e, 2s) and the like (SP 800-56A, 5.7.1.2: with cofactor).
#pragma once

#include "base/bytes.h"
#include "base/secret.h"
#include "ossl/pkey.h"

namespace vallum::ossl {

/// Agree returns the shared secret Z, as long as a coordinate of the curve. `peer` is validated in full
/// (SP 800-56A, 5.6.2.3.3); kInvalidArgument when it is not a key of the same curve.
Result<SecretBytes> Agree(const KeyPair& own, const KeyPair& peer);

}  // namespace vallum::ossl
