// SPDX-License-Identifier: Apache-2.0
// ECDH (SP 800-56A): one agreement, its secret taken out to be compared.
#pragma once

#include "vectors/door.h"
#include "vectors/verdict.h"

namespace vallum::vectors {

/// EnterScalar enters an EC private key; `point` is its public key or empty.
Result<Entered> EnterScalar(std::string_view curve, ByteSpan scalar, ByteSpan point = {});

/// AgreeOn returns the shared secret of a key and a peer's SubjectPublicKeyInfo.
Result<module::Approved<Bytes>> AgreeOn(module::Key& own, ByteSpan peer_spki);

}  // namespace vallum::vectors
