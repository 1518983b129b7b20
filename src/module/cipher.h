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
#include "base/result.h"
#include "base/secret.h"
#include "module/algorithm.h"
#include "module/indicator.h"

namespace vallum::module {

struct CipherParameters {
  Scheme scheme = Scheme::kDefault;
  ByteSpan iv = {};           ///< IV, nonce, counter block or tweak; empty to encrypt: module-made
  ByteSpan aad = {};          ///< GCM and CCM; otherwise empty
  std::size_t tag_size = 16;  ///< with GCM (4, 8, 12 to 16) or CCM (4, 6, ... 16)
};

struct Encrypted {
  Bytes iv;    ///< module-made or the caller's; empty for ECB
  Bytes data;  ///< as long as the plaintext, or with padding up to the next multiple of 16
  Bytes tag;   ///< GCM and CCM; otherwise empty
};

struct EncryptionEnd {
  std::size_t size = 0;  ///< of the last bytes
  Bytes iv;              ///< module-made or the caller's
  Bytes tag;
};

/// EncryptionStream encrypts one message in pieces: Update as often as wanted, then Finish, once.
/// CBC, CTR and ECB pass pieces on; GCM, CCM and XTS keep the message, at most 64 MiB, and give it at
/// the end (kResourceExhausted beyond). After any failure but that of too little room (kInvalidArgument,
/// nothing taken) the stream is of no more use. Not thread-safe; distinct streams are. It outlives
/// neither its module nor, when it fails, any output: what it wrote is wiped.
class EncryptionStream {
 public:
  virtual ~EncryptionStream() = default;
  /// How much room Update needs for so many more bytes, and Finish for the rest.
  virtual std::size_t UpdateRoom(std::size_t size) const = 0;
  virtual std::size_t FinishRoom() const = 0;
  /// Update returns how many bytes it wrote.
  virtual Result<std::size_t> Update(ByteSpan plaintext, MutableByteSpan ciphertext) = 0;
  /// Finish is kInvalidArgument when the message as a whole does not fit the scheme.
  virtual Result<Approved<EncryptionEnd>> Finish(MutableByteSpan ciphertext) = 0;
};

/// DecryptionStream is the other direction. No plaintext of GCM and CCM comes out before Finish has
/// checked `tag`, whose size the parameters named; otherwise `tag` is empty.
class DecryptionStream {
 public:
  virtual ~DecryptionStream() = default;
  virtual std::size_t UpdateRoom(std::size_t size) const = 0;
  virtual std::size_t FinishRoom() const = 0;
  virtual Result<std::size_t> Update(ByteSpan ciphertext, MutableByteSpan plaintext) = 0;
  /// Finish returns how many bytes it wrote; kVerifyFailed when tag or padding does not match.
  virtual Result<Approved<std::size_t>> Finish(ByteSpan tag, MutableByteSpan plaintext) = 0;
};

}  // namespace vallum::module
