// SPDX-License-Identifier: Apache-2.0
// Key pairs: generation, import, export, and a pool of ready contexts for what is done with them.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/secret.h"
#include "ossl/context.h"

namespace vallum::ossl {

/// KeyType names a kind of key pair as OpenSSL does: {"EC", "P-384", 0}, {"RSA", nullptr, 3072},
/// {"ML-DSA-65", nullptr, 0}. The strings are literals.
struct KeyType {
  const char* name;
  const char* group;
  unsigned bits;
};

/// Which byte string of a key's standard; see KeyPair::FromRaw.
enum class RawPart : std::uint8_t { kSeed, kPrivate, kPublic };

/// What a pooled context was last set up for, with its parameters in the low bits.
enum class PkeyUse : std::uint32_t {
  kNone = 0,
  kSign = 1u << 16,
  kVerify = 2u << 16,
  kEncrypt = 3u << 16,
  kDecrypt = 4u << 16,
  kEncapsulate = 5u << 16,
  kDecapsulate = 6u << 16,
};

/// PkeyOperation is one context of a key pair and what it is set up for.
struct PkeyOperation {
  PkeyContext context;
  std::uint32_t setup = 0;
};

/// KeyPair owns an EVP_PKEY. Immutable but for its pool, so thread-safe.
class KeyPair {
 public:
  /// Generate makes a key pair with the provider's pair-wise consistency test; kSelfTestFailed when
  /// the provider did not report that test as passed.
  static Result<std::unique_ptr<KeyPair>> Generate(ContextRef context, const KeyType& type);
  /// FromPkcs8 decodes a PrivateKeyInfo (RFC 5208, DER) that this process sealed itself.
  /// kInvalidArgument when it is not one key of that type, or has trailing bytes.
  static Result<std::unique_ptr<KeyPair>> FromPkcs8(ContextRef context, const KeyType& type,
                                                    ByteSpan der);
  /// FromForeignPkcs8 also checks the key: public-key validity and that the two halves belong
  /// together (SP 800-56A 5.6.2, SP 800-56B 6.4).
  static Result<std::unique_ptr<KeyPair>> FromForeignPkcs8(ContextRef context, const KeyType& type,
                                                           ByteSpan der);

  /// FromSpki decodes and validates a SubjectPublicKeyInfo (RFC 5280, DER): a pair without its private
  /// half, which verifies and encrypts. kInvalidArgument as above.
  static Result<std::unique_ptr<KeyPair>> FromSpki(ContextRef context, const KeyType& type,
                                                   ByteSpan der);

  /// FromRaw takes the byte strings of RFC 8032, SEC 1 (public points) and FIPS 203 to 205. A seed is
  /// generated from, with the pair-wise consistency test; what is read is checked as foreign keys are.
  /// kInvalidArgument as above, kUnsupported for a type without such a form.
  static Result<std::unique_ptr<KeyPair>> FromRaw(ContextRef context, const KeyType& type,
                                                  RawPart part, ByteSpan bytes);

  Result<SecretBytes> ToPkcs8() const;
  Result<SecretBytes> ToPkcs8Pem() const;
  /// ToSpki returns the SubjectPublicKeyInfo (RFC 5280, DER).
  Result<Bytes> ToSpki() const;

  evp_pkey_st* get() const { return pkey_.get(); }
  LibraryContext& context() const { return *context_; }
  /// The signature algorithm of key types that sign messages without a separate hash, else null.
  evp_signature_st* pure_signature() const { return pure_signature_.get(); }
  /// The same after a hash of the message (HashEdDSA), else null.
  evp_signature_st* prehash_signature() const { return prehash_signature_.get(); }
  /// Largest signature, ciphertext or plaintext in bytes.
  std::size_t max_output() const { return max_output_; }

  /// Take returns an idle context, or a new one that is not set up; kProvider.
  Result<std::unique_ptr<PkeyOperation>> Take();
  void Give(std::unique_ptr<PkeyOperation> operation) { pool_.Give(std::move(operation)); }

 private:
  KeyPair(ContextRef library, Pkey pkey);
  static Result<std::unique_ptr<KeyPair>> Adopt(ContextRef context, const KeyType& type, Pkey pkey);
  static Result<std::unique_ptr<KeyPair>> FromSeed(ContextRef context, const KeyType& type,
                                                   ByteSpan seed);
  static Result<std::unique_ptr<KeyPair>> FinishGeneration(ContextRef context, const KeyType& type,
                                                           evp_pkey_ctx_st* generator);
  static Status CheckPair(LibraryContext& context, evp_pkey_st* pkey);
  static Status CheckPublic(LibraryContext& context, evp_pkey_st* pkey);

  ContextRef context_;
  Pkey pkey_;
  Signature pure_signature_;
  Signature prehash_signature_;
  std::size_t max_output_;
  Pool<PkeyOperation> pool_;
};

}  // namespace vallum::ossl
