// SPDX-License-Identifier: Apache-2.0
// Key pairs and public keys entered through the door, and what is compared of them.
#pragma once

#include "vectors/door.h"
#include "vectors/verdict.h"

namespace vallum::vectors {

/// EnterPair enters a private key, extractable.
Result<Entered> EnterPair(module::Algorithm algorithm, module::PrivateForm form, ByteSpan bytes);
/// EnterRawPublic enters a public key in the form of its own standard.
Result<Entered> EnterRawPublic(module::Algorithm algorithm, ByteSpan bytes);

/// RawPublicKey is the public key string inside the SubjectPublicKeyInfo: its last `size` bytes.
Result<Bytes> RawPublicKey(const module::Key& key, std::size_t size);

}  // namespace vallum::vectors
