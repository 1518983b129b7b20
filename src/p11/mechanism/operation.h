// SPDX-License-Identifier: Apache-2.0
// Operations: what a session has under way.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/secret.h"
#include "module/module.h"
#include "p11/core/rv.h"

namespace vallum::p11 {

/// Operation remembers whether what it did was an approved service.
class Operation {
 public:
  virtual ~Operation() = default;
  bool approved() const { return approved_; }

 protected:
  template <typename T>
  T Note(module::Approved<T> result) {
    approved_ = result.indicator.approved();
    return std::move(result.value);
  }
  void Note(const module::Indicator& indicator) { approved_ = indicator.approved(); }

 private:
  bool approved_ = false;
};

/// Digester hashes. Not thread-safe, as all of these.
class Digester : public Operation {
 public:
  virtual std::size_t size() const = 0;
  virtual Done Update(ByteSpan part) = 0;
  virtual Ck<Bytes> Finish() = 0;
};

/// Signer signs message after message: Finish and Sign leave it as it was before the first Update.
class Signer : public Operation {
 public:
  /// size is what the signature needs, at most.
  virtual std::size_t size() const = 0;
  virtual Done Update(ByteSpan part) = 0;
  virtual Ck<Bytes> Finish() = 0;
  /// Sign is the operation at once.
  virtual Ck<Bytes> Sign(ByteSpan data) = 0;
};

/// Verifier is CKR_SIGNATURE_INVALID or CKR_SIGNATURE_LEN_RANGE when the signature is not right. It too
/// takes message after message.
class Verifier : public Operation {
 public:
  virtual Done Update(ByteSpan part) = 0;
  virtual Done Finish(ByteSpan signature) = 0;
  virtual Done Verify(ByteSpan data, ByteSpan signature) = 0;
};

/// Output of a cipher: ciphertext, or plaintext that stays in locked memory.
struct Output {
  Bytes open;
  SecretBytes secret;
  ByteSpan span() const { return secret.empty() ? ByteSpan(open) : secret.span(); }
};

/// Cipher is one direction. A result that the caller had no room for is kept until there is.
class Cipher : public Operation {
 public:
  /// Room is what At Once needs for so many bytes, at most.
  virtual std::size_t Room(std::size_t size) const = 0;
  virtual Ck<Output> AtOnce(ByteSpan input) = 0;
  virtual Ck<std::size_t> UpdateRoom(std::size_t size) = 0;
  virtual Ck<std::size_t> Update(ByteSpan input, MutableByteSpan output) = 0;
  virtual Ck<std::size_t> FinishRoom() = 0;
  virtual Ck<Output> Finish() = 0;

  bool started = false;
  bool finished = false;
  Output kept;
};

/// MessageCipher is AES-GCM by messages: IV and tag come and go apart from the data.
class MessageCipher : public Operation {
 public:
  virtual Ck<Bytes> Encrypt(MutableByteSpan iv, MutableByteSpan tag, bool own_iv, ByteSpan aad,
                            ByteSpan plaintext) = 0;
  virtual Ck<SecretBytes> Decrypt(ByteSpan iv, ByteSpan tag, ByteSpan aad, ByteSpan ciphertext) = 0;
};

}  // namespace vallum::p11
