// SPDX-License-Identifier: Apache-2.0
// Key establishment whose secret stays inside: ECDH (SP 800-56A) and ML-KEM (FIPS 203) give a key
// instead of bytes. Part of the door; include module/module.h.
//
//   auto secret = TRY(Agree(*module, *own, peer_spki, {.algorithm = Algorithm::kGenericSecret}));
//   auto key = TRY(DeriveKey(*module, *secret.value, Hkdf{...}, spec, id, 1));
//
// Such a key lives in this process only: it has no blob, no id and version 0.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "module/module.h"

namespace vallum::module {

/// Agree computes the shared secret of `own` (ec-p256, ec-p384 or ec-p521 with Usage::kDerive) and the
/// public key of the other side (DER SubjectPublicKeyInfo), which is validated in full (SP 800-56A,
/// 5.6.2.3.3): kInvalidArgument when it is no key of the same curve. The secret is a generic-secret as
/// long as a coordinate (kUnsupported for another `spec`), since it may only go into a derivation.
Result<Approved<KeyRef>> Agree(Module& module, Key& own, ByteSpan peer_spki, const KeySpec& spec);

struct EncapsulatedKey {
  Bytes ciphertext;
  KeyRef key;
};

/// EncapsulateKey and DecapsulateKey are ML-KEM with the 32-byte secret made a symmetric key of `spec`
/// (SP 800-227, 4): kInvalidArgument for algorithms with another size.
Result<Approved<EncapsulatedKey>> EncapsulateKey(Module& module, Key& key, const KeySpec& spec);
Result<Approved<KeyRef>> DecapsulateKey(Module& module, Key& key, ByteSpan ciphertext,
                                        const KeySpec& spec);

}  // namespace vallum::module
