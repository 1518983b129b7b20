// SPDX-License-Identifier: Apache-2.0
// Encryption in any mode of AES: what Module::EncryptWith and DecryptWith, and their streams, take
// and give. Part of the door; include module/module.h.
//
//   auto sealed = TRY(module->EncryptWith(*key, {.scheme = Scheme::kAesCbcPad}, plaintext));
//   auto opened = TRY(module->DecryptWith(
//       *key, {.scheme = Scheme::kAesCbcPad, .iv = sealed.value.iv}, sealed.value.data, {}));
//
// Who makes the IV (docs/decisions/0012-initialisation-vectors.md):
//   GCM  the module; a caller's IV for encryption is not approved (Reason::kExternalIv, IG C.H)
//   CBC  the module (SP 800-38A, appendix C); a caller's is taken, and must be unpredictable
//   CTR, CCM  the module; a caller's is taken, and must never repeat under one key
//   XTS  the caller: it is the number of the data unit
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/secret.h"
#include "module/algorithm.h"
#include "module/indicator.h"

namespace vallum::module {

struct CipherParameters {
  Scheme scheme = Scheme::kDefault;
  ByteSpan iv = {};           ///< IV, nonce, counter block or tweak; empty to encrypt: module-made
  ByteSpan aad = {};          ///< GCM and CCM; otherwise empty
  std::size_t tag_size = 16;  ///< of an encryption with GCM (4, 8, 12 to 16) or CCM (4, 6, ... 16)
};

struct Encrypted {
  Bytes iv;    ///< module-made or the caller's; empty for ECB
  Bytes data;  ///< as long as the plaintext, or with padding up to the next multiple of 16
  Bytes tag;   ///< GCM and CCM; otherwise empty
};

}  // namespace vallum::module
