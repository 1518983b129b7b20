// SPDX-License-Identifier: Apache-2.0
// AES-CCM (SP 800-38C). A message is known as a whole before its first block, so there is no stream.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/secret.h"
#include "ossl/context.h"

namespace vallum::ossl {

/// What CCM takes beside key and message: a nonce of 7 to 13 bytes and additional data.
struct CcmInput {
  ByteSpan nonce;
  ByteSpan aad;
};

/// CcmKey is an AES key for CCM. Immutable, so thread-safe.
class CcmKey {
 public:
  /// Create takes a key of 16, 24 or 32 bytes.
  static Result<std::unique_ptr<CcmKey>> Create(ContextRef context, ByteSpan key);

  /// Encrypt writes as much as `plaintext` has to `ciphertext`, and a tag of tag.size() bytes (4, 6,
  /// ... 16). kInvalidArgument when the message is too long for the nonce.
  Status Encrypt(const CcmInput& input, ByteSpan plaintext, MutableByteSpan ciphertext,
                 MutableByteSpan tag) const;
  /// Decrypt is kVerifyFailed, with `plaintext` wiped, when anything was altered.
  Status Decrypt(const CcmInput& input, ByteSpan ciphertext, ByteSpan tag,
                 MutableByteSpan plaintext) const;

 private:
  CcmKey(ContextRef library, SecretBytes key)
      : library_(std::move(library)), key_(std::move(key)) {}
  ContextRef library_;
  SecretBytes key_;
};

}  // namespace vallum::ossl
