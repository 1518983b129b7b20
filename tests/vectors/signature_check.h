// SPDX-License-Identifier: Apache-2.0
// What every signature verification of the vector files shares.
#pragma once

#include "vectors/door.h"
#include "vectors/verdict.h"

namespace vallum::vectors {

/// SignatureCheck is one verification and what should come of it.
struct SignatureCheck {
  module::Algorithm algorithm;
  module::Scheme scheme;
  ByteSpan spki;
  ByteSpan message;
  ByteSpan signature;
  bool valid;
};

/// Check enters the public key and verifies. A wrong signature must fail as kVerifyFailed; a key may
/// only be refused when `valid` is false.
Result<Verdict> Check(const SignatureCheck& check);

}  // namespace vallum::vectors
