// SPDX-License-Identifier: Apache-2.0
// Keys of a server as objects of Cryptoki: a secret key, or a private and a public key.
#pragma once

#include "p11/mechanism/table.h"
#include "p11/token/remote_answers.h"
#include "p11/token/token.h"

namespace vallum::p11 {

/// IsUsable says whether an object of such a key could do anything here.
bool IsUsable(const ServerKey& key);

/// PrivateHalf describes the key that the server uses; `spki` is empty for a secret key. Its
/// CKA_ALLOWED_MECHANISMS are what the server does, its CKA_ID the key's id, its CKA_LABEL the key's name.
Ck<StoredObject> PrivateHalf(const ServerKey& key, ByteSpan spki, MaterialRef material);
/// MechanismsOf are the values of CKA_ALLOWED_MECHANISMS for the key that the server uses.
Bytes MechanismsOf(Algorithm algorithm);
/// AlgorithmServed is what the server calls the key that a template asks for: CKR_TEMPLATE_INCONSISTENT when it
/// has no such keys, or none that could be used as the template says.
Ck<Algorithm> AlgorithmServed(Algorithm wanted, const Attributes& attributes);
/// PublicHalf is used in this process; it has an id of its own.
Ck<StoredObject> PublicHalf(const ServerKey& key, ByteSpan spki, MaterialRef material);

}  // namespace vallum::p11
