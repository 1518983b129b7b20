// SPDX-License-Identifier: Apache-2.0
// For tests, and in a library of its own that no product links: a DRBG of the provider (SP 800-90A) whose
// entropy is given, as NIST's vectors need it.
//
//   auto drbg = TRY(KnownDrbg::Create(context, {.mechanism = "CTR-DRBG", .primitive = "AES-256-CTR"}, seed));
//   TRY(drbg.Reseed(entropy, additional));
//   TRY(drbg.Generate(additional, out));
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/result.h"

struct evp_rand_ctx_st;
struct ossl_lib_ctx_st;

namespace vallum::ossl {

struct KnownDrbgKind {
  const char* mechanism;  ///< "CTR-DRBG" or "HMAC-DRBG"
  const char* primitive;  ///< "AES-256-CTR"; "SHA2-256"
  bool derivation_function = false;
  bool prediction_resistance = false;
};

struct KnownSeed {
  ByteSpan entropy;
  ByteSpan nonce;
  ByteSpan personalisation;
};

/// KnownDrbg owns one instance. Not thread-safe; the library context must outlive it.
class KnownDrbg {
 public:
  static Result<KnownDrbg> Create(ossl_lib_ctx_st* context, const KnownDrbgKind& kind,
                                  const KnownSeed& seed);
  Status Reseed(ByteSpan entropy, ByteSpan additional);
  Status Generate(ByteSpan additional, MutableByteSpan out);
  /// GenerateAfresh reseeds with `entropy` first (prediction resistance).
  Status GenerateAfresh(ByteSpan entropy, ByteSpan additional, MutableByteSpan out);

 private:
  struct Release {
    void operator()(evp_rand_ctx_st* context) const noexcept;
  };
  using Rand = std::unique_ptr<evp_rand_ctx_st, Release>;

  KnownDrbg(Rand source, Rand drbg) : source_(std::move(source)), drbg_(std::move(drbg)) {}
  static Result<Rand> New(ossl_lib_ctx_st* context, const char* name, const char* properties,
                          evp_rand_ctx_st* parent);
  Status Feed(ByteSpan entropy, ByteSpan nonce);

  Rand source_;
  Rand drbg_;
};

}  // namespace vallum::ossl
