// SPDX-License-Identifier: Apache-2.0
// Key: one open key inside the boundary, whatever its family.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/secret.h"
#include "module/aes_key.h"
#include "module/approved_table.h"
#include "module/key_registry.h"
#include "module/module.h"
#include "ossl/mac.h"
#include "ossl/pkey.h"
#include "ossl/thread_slots.h"

namespace vallum::module {

/// KeyWithMaterial is a new key and the bytes that its blob seals.
struct KeyWithMaterial {
  KeyRef key;
  SecretBytes material;
};

/// PairTypeOf is what src/ossl calls a key pair of these facts.
ossl::KeyType PairTypeOf(const AlgorithmFacts& facts);

/// Whether material is our own, authenticated by a blob, or has to be checked first.
enum class Trust : std::uint8_t { kOwn, kForeign };

/// Key keeps its context alive, so it may outlive the Module object. Thread-safe, except that its
/// material (native forms, raw bytes) may be looked at inside the gate only: zeroisation takes it
/// away while nobody is inside.
class Key final : public Zeroisable {
 public:
  ~Key() override { Leave(); }

  /// Generate makes a key of `size` bytes; key pairs have their own size.
  static Result<KeyWithMaterial> Generate(const ossl::ContextRef& context,
                                          const KeyAttributes& attributes, std::size_t size);
  /// FromMaterial is kInvalidArgument when the material is not a key of that algorithm.
  static Result<KeyRef> FromMaterial(const ossl::ContextRef& context,
                                     const KeyAttributes& attributes, ByteSpan material,
                                     Trust trust);

  /// FromSpki makes a key without its private half (DER SubjectPublicKeyInfo).
  static Result<KeyRef> FromSpki(const ossl::ContextRef& context, const KeyAttributes& attributes,
                                 ByteSpan spki);

  /// FromRaw makes a key pair, or the public half of one, from a byte string of its standard.
  static Result<KeyRef> FromRaw(const ossl::ContextRef& context, const KeyAttributes& attributes,
                                ossl::RawPart part, ByteSpan bytes);
  /// CheckLive is kKeyState once the key was zeroised. Every use of a key begins with it, inside the
  /// gate.
  Status CheckLive() const;

  const KeyAttributes& attributes() const { return attributes_; }
  /// MarkMadeNotApproved is for whoever makes a key, before anybody else has it.
  void MarkMadeNotApproved() { attributes_.made_approved = false; }
  /// Whether the key is approved for a service under `policy`.
  bool IsApprovedUnder(Policy policy) const {
    const bool lax = policy == Policy::kOnly && attributes_.made_under != Policy::kOnly;
    return attributes_.made_approved && !lax;
  }
  const AlgorithmFacts& facts() const { return *facts_; }
  /// Size of the key as the approved table counts it.
  std::size_t bits() const { return bits_; }

  /// The native form of the key's family; the others are null.
  AesKey* aes() const { return aes_.get(); }
  ossl::KeyPair* pair() const { return pair_.get(); }
  /// Mac is the key as a MAC key: HMAC, KMAC, or AES used for CMAC.
  Result<ossl::MacKey*> Mac() const;
  /// The raw bytes of a secret to derive from or of an extractable symmetric key; otherwise empty.
  ByteSpan raw() const { return raw_.span(); }

  /// ExportMaterial is the inside of the export gates; they check the attributes.
  Result<SecretBytes> ExportMaterial() const;

  /// Grant raises the bounds of the invocation counter; TakeInvocation counts one use, or is
  /// kInvocationLimit. A thread counts several ahead while there are many left, so a few of those that were
  /// granted may stay unused.
  void Grant(std::uint64_t used, std::uint64_t total);
  Status TakeInvocation();

 private:
  Key(const KeyAttributes& attributes, const AlgorithmFacts& facts, std::size_t bits)
      : attributes_(attributes), facts_(&facts), bits_(bits) {
    Enter();
  }
  bool WipeMaterial(WipeLedger& ledger) override;
  Status TakeSymmetric(const ossl::ContextRef& context, ByteSpan material);
  Result<std::uint32_t> CountAhead(std::uint32_t most);

  KeyAttributes attributes_;
  const AlgorithmFacts* facts_;
  std::size_t bits_;
  std::unique_ptr<AesKey> aes_;
  std::unique_ptr<ossl::MacKey> mac_;
  std::unique_ptr<ossl::KeyPair> pair_;
  SecretBytes raw_;
  std::atomic<std::uint64_t> used_{0};
  std::atomic<std::uint64_t> granted_{0};
  ossl::ThreadSlots<std::uint32_t> counted_ahead_;
};

}  // namespace vallum::module
