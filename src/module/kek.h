// SPDX-License-Identifier: Apache-2.0
// The store's key-encryption key: seals key material into blobs and opens them again.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/secret.h"
#include "module/key_blob.h"
#include "ossl/aead.h"

namespace vallum::module {

/// Kek is thread-safe.
class Kek {
 public:
  /// Wrap makes a new KEK and returns it encrypted under the root key.
  static Result<Bytes> Wrap(const ossl::ContextRef& context, const SecretBytes& root_key);
  /// Unwrap is kIntegrity when `blob` was altered or made under another root key.
  static Result<std::unique_ptr<Kek>> Unwrap(const ossl::ContextRef& context,
                                             const SecretBytes& root_key, ByteSpan blob);
  /// Ephemeral makes a KEK that nobody else will ever have.
  static Result<std::unique_ptr<Kek>> Ephemeral(const ossl::ContextRef& context);

  /// Seal makes a key blob; kInvocationLimit after 2^32 of them.
  Result<Bytes> Seal(const KeyAttributes& attributes, ByteSpan material);
  /// Open returns the material of `blob`; kIntegrity when it was altered or is another KEK's.
  Result<SecretBytes> Open(const KeyBlob& blob) const;
  /// SealRecord encrypts into `ciphertext`, as long as `secret`, with `header` authenticated; the
  /// result views `ciphertext`. It counts as a seal.
  Result<SealedBytes> SealRecord(ByteSpan header, ByteSpan secret, MutableByteSpan ciphertext);
  /// OpenRecord undoes it; kIntegrity as Open.
  Result<SecretBytes> OpenRecord(const KekId& id, ByteSpan header, const SealedBytes& sealed) const;
  const KekId& id() const { return id_; }

 private:
  Kek(const KekId& id, std::unique_ptr<ossl::GcmKey> key) : id_(id), key_(std::move(key)) {}
  KekId id_;
  std::unique_ptr<ossl::GcmKey> key_;
  std::atomic<std::uint64_t> seals_{0};
};

}  // namespace vallum::module
