// SPDX-License-Identifier: Apache-2.0
#include "ossl/known_drbg.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <string>
#include <string_view>

namespace vallum::ossl {
namespace {

constexpr unsigned kStrength = 256;

Status Check(int rc, std::string_view what) {
  if (rc == 1) return {};
  return Error(Code::kProvider, std::string(what));
}

OSSL_PARAM Octets(const char* key, ByteSpan bytes) {
  return OSSL_PARAM_construct_octet_string(key, const_cast<std::uint8_t*>(bytes.data()),
                                           bytes.size());
}

OSSL_PARAM Text(const char* key, const char* value) {
  return OSSL_PARAM_construct_utf8_string(key, const_cast<char*>(value), 0);
}

}  // namespace

void KnownDrbg::Release::operator()(evp_rand_ctx_st* context) const noexcept {
  EVP_RAND_CTX_free(context);
}

Result<KnownDrbg::Rand> KnownDrbg::New(ossl_lib_ctx_st* context, const char* name,
                                       const char* properties, evp_rand_ctx_st* parent) {
  EVP_RAND* rand = EVP_RAND_fetch(context, name, properties);
  Rand made(rand == nullptr ? nullptr : EVP_RAND_CTX_new(rand, parent));
  EVP_RAND_free(rand);
  if (made != nullptr) return made;
  return Error(Code::kProvider, "the provider has no " + std::string(name));
}

Result<KnownDrbg> KnownDrbg::Create(ossl_lib_ctx_st* context, const KnownDrbgKind& kind,
                                    const KnownSeed& seed) {
  // The provider's source for tests is not approved, and so not found by default.
  Rand source = TRY(New(context, "TEST-RAND", "-fips", nullptr));
  unsigned strength = kStrength;
  const std::array<OSSL_PARAM, 2> strong = {
      OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength), OSSL_PARAM_construct_end()};
  TRY(Check(EVP_RAND_instantiate(source.get(), kStrength, 0, nullptr, 0, strong.data()),
            "starting the source"));

  const bool ctr = std::string_view(kind.mechanism) == "CTR-DRBG";
  int derivation_function = kind.derivation_function ? 1 : 0;
  const std::array<OSSL_PARAM, 4> params = {
      ctr ? Text(OSSL_DRBG_PARAM_CIPHER, kind.primitive)
          : Text(OSSL_DRBG_PARAM_DIGEST, kind.primitive),
      ctr ? OSSL_PARAM_construct_int(OSSL_DRBG_PARAM_USE_DF, &derivation_function)
          : Text(OSSL_DRBG_PARAM_MAC, "HMAC"),
      OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  Rand drbg = TRY(New(context, kind.mechanism, nullptr, source.get()));
  KnownDrbg known(std::move(source), std::move(drbg));
  TRY(known.Feed(seed.entropy, seed.nonce));
  // A null pointer would mean a personalisation string of OpenSSL's own.
  static constexpr std::uint8_t kNothing = 0;
  const std::uint8_t* personalisation =
      seed.personalisation.empty() ? &kNothing : seed.personalisation.data();
  TRY(Check(EVP_RAND_instantiate(known.drbg_.get(), kStrength, kind.prediction_resistance ? 1 : 0,
                                 personalisation, seed.personalisation.size(), params.data()),
            "instantiating the generator"));
  return known;
}

Status KnownDrbg::Feed(ByteSpan entropy, ByteSpan nonce) {
  const std::array<OSSL_PARAM, 3> params = {
      Octets(OSSL_RAND_PARAM_TEST_ENTROPY, entropy),
      nonce.empty() ? OSSL_PARAM_construct_end() : Octets(OSSL_RAND_PARAM_TEST_NONCE, nonce),
      OSSL_PARAM_construct_end()};
  return Check(EVP_RAND_CTX_set_params(source_.get(), params.data()), "feeding the source");
}

Status KnownDrbg::Reseed(ByteSpan entropy, ByteSpan additional) {
  TRY(Feed(entropy, {}));
  return Check(EVP_RAND_reseed(drbg_.get(), 0, nullptr, 0, additional.data(), additional.size()),
               "reseeding the generator");
}

Status KnownDrbg::Generate(ByteSpan additional, MutableByteSpan out) {
  return Check(EVP_RAND_generate(drbg_.get(), out.data(), out.size(), kStrength, 0,
                                 additional.data(), additional.size()),
               "generating");
}

Status KnownDrbg::GenerateAfresh(ByteSpan entropy, ByteSpan additional, MutableByteSpan out) {
  TRY(Feed(entropy, {}));
  return Check(EVP_RAND_generate(drbg_.get(), out.data(), out.size(), kStrength, 1,
                                 additional.data(), additional.size()),
               "generating afresh");
}

}  // namespace vallum::ossl
