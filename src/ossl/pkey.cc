// SPDX-License-Identifier: Apache-2.0
#include "ossl/pkey.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/self_test.h>
#include <openssl/x509.h>

#include <array>
#include <string_view>

#include "ossl/error.h"
#include "ossl/selftest.h"

namespace vallum::ossl {
namespace {

using Decoder = std::unique_ptr<OSSL_DECODER_CTX, decltype(&OSSL_DECODER_CTX_free)>;
using Encoder = std::unique_ptr<OSSL_ENCODER_CTX, decltype(&OSSL_ENCODER_CTX_free)>;

Status SetKeySize(evp_pkey_ctx_st* generator, const KeyType& type) {
  std::size_t bits = type.bits;
  std::array<OSSL_PARAM, 2> params = {OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  if (type.group != nullptr) {
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                 const_cast<char*>(type.group), 0);
  } else if (bits != 0) {
    params[0] = OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &bits);
  }
  return Check(EVP_PKEY_CTX_set_params(generator, params.data()), "setting the key size");
}

// Explicit parameters that look like a known curve's would become that curve, whatever their cofactor or
// generator said (RFC 5480, 2.1.1: a key names its curve).
bool NamesItsCurve(evp_pkey_st* pkey) {
  int explicit_parameters = 1;
  return EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                &explicit_parameters) == 1 &&
         explicit_parameters == 0;
}

bool IsOfType(evp_pkey_st* pkey, const KeyType& type) {
  if (EVP_PKEY_is_a(pkey, type.name) != 1) return false;
  if (type.bits != 0 && EVP_PKEY_get_bits(pkey) != static_cast<int>(type.bits)) return false;
  if (type.group == nullptr) return true;
  if (!NamesItsCurve(pkey)) return false;
  std::array<char, 32> group{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(pkey, group.data(), group.size(), &size) != 1) return false;
  // Decoded keys carry X9.62's name for P-256, the others SEC's.
  const std::string_view name(group.data(), size);
  const std::string_view wanted = type.group;
  return name == wanted || (wanted == "P-256" && name == "prime256v1") ||
         (wanted == "P-384" && name == "secp384r1") || (wanted == "P-521" && name == "secp521r1");
}

// The two structures that keys come in.
struct Form {
  const char* structure;
  int selection;
  const char* description;
};
constexpr Form kPrivate = {"PrivateKeyInfo", EVP_PKEY_KEYPAIR, "PKCS#8 (DER) private key"};
constexpr Form kPublic = {"SubjectPublicKeyInfo", EVP_PKEY_PUBLIC_KEY, "SPKI (DER) public key"};

Result<Pkey> Decode(LibraryContext& context, const KeyType& type, const Form& form, ByteSpan der) {
  evp_pkey_st* raw = nullptr;
  const Decoder decoder(OSSL_DECODER_CTX_new_for_pkey(&raw, "DER", form.structure, type.name,
                                                      form.selection, context.get(), nullptr),
                        OSSL_DECODER_CTX_free);
  TRY(CheckPointer(decoder, "making a decoder"));
  const std::uint8_t* next = der.data();
  std::size_t left = der.size();
  const bool decoded = OSSL_DECODER_from_data(decoder.get(), &next, &left) == 1;
  Pkey pkey(raw);
  if (decoded && left == 0 && pkey != nullptr && IsOfType(pkey.get(), type)) return pkey;
  ERR_clear_error();
  return InvalidArgument(fmt::format("the key is not a {} of type {}{}{}", form.description,
                                     type.name, type.group != nullptr ? " " : "",
                                     type.group != nullptr ? type.group : ""));
}

Result<SecretBytes> Encode(evp_pkey_st* pkey, const char* format) {
  const Encoder encoder(
      OSSL_ENCODER_CTX_new_for_pkey(pkey, EVP_PKEY_KEYPAIR, format, "PrivateKeyInfo", nullptr),
      OSSL_ENCODER_CTX_free);
  TRY(CheckPointer(encoder, "making an encoder"));
  std::uint8_t* data = nullptr;
  std::size_t size = 0;
  TRY(Check(OSSL_ENCODER_to_data(encoder.get(), &data, &size), "encoding a private key"));
  auto copy = SecretBytes::CopyOf({data, size});
  OPENSSL_clear_free(data, size);
  return copy;
}

// The name of the signature algorithm over a message and of the one over its hash; null where the key
// type has none.
const char* PureSignature(const KeyType& type) {
  const std::string_view name = type.name;
  const bool signs =
      name.starts_with("ED") || name.starts_with("ML-DSA") || name.starts_with("SLH-DSA");
  return signs ? type.name : nullptr;
}

const char* PrehashSignature(const KeyType& type) {
  const std::string_view name = type.name;
  if (name == "ED25519") return "ED25519ph";
  return name == "ED448" ? "ED448ph" : nullptr;
}

Status FetchSignature(LibraryContext& context, const char* name, Signature& signature) {
  if (name == nullptr) return {};
  signature.reset(EVP_SIGNATURE_fetch(context.get(), name, nullptr));
  return CheckPointer(signature, "fetching a signature algorithm");
}

}  // namespace

Status KeyPair::CheckPair(LibraryContext& context, evp_pkey_st* pkey) {
  const PkeyContext check(EVP_PKEY_CTX_new_from_pkey(context.get(), pkey, nullptr));
  TRY(CheckPointer(check, "making a key context"));
  if (EVP_PKEY_check(check.get()) == 1) return {};
  return ProviderError("the key is not a valid key pair", Code::kInvalidArgument);
}

Status KeyPair::CheckPublic(LibraryContext& context, evp_pkey_st* pkey) {
  const PkeyContext check(EVP_PKEY_CTX_new_from_pkey(context.get(), pkey, nullptr));
  TRY(CheckPointer(check, "making a key context"));
  if (EVP_PKEY_public_check(check.get()) == 1) return {};
  return ProviderError("the public key is not valid", Code::kInvalidArgument);
}

KeyPair::KeyPair(ContextRef library, Pkey pkey)
    : context_(std::move(library)),
      pkey_(std::move(pkey)),
      max_output_(static_cast<std::size_t>(EVP_PKEY_get_size(pkey_.get()))) {}

Result<std::unique_ptr<KeyPair>> KeyPair::Adopt(ContextRef context, const KeyType& type,
                                                Pkey pkey) {
  std::unique_ptr<KeyPair> pair(new KeyPair(std::move(context), std::move(pkey)));
  TRY(FetchSignature(*pair->context_, PureSignature(type), pair->pure_signature_));
  TRY(FetchSignature(*pair->context_, PrehashSignature(type), pair->prehash_signature_));
  return pair;
}

Result<std::unique_ptr<KeyPair>> KeyPair::Generate(ContextRef context, const KeyType& type) {
  const PkeyContext generator(EVP_PKEY_CTX_new_from_name(context->get(), type.name, nullptr));
  TRY(CheckPointer(generator, "making a key generator"));
  TRY(Check(EVP_PKEY_keygen_init(generator.get()), "starting key generation"));
  TRY(SetKeySize(generator.get(), type));
  return FinishGeneration(std::move(context), type, generator.get());
}

Result<std::unique_ptr<KeyPair>> KeyPair::FinishGeneration(ContextRef context, const KeyType& type,
                                                           evp_pkey_ctx_st* generator) {
  // Requirement: pct-seen
  const SelfTestLog log;
  evp_pkey_st* raw = nullptr;
  const int rc = EVP_PKEY_generate(generator, &raw);
  Pkey pkey(raw);
  if (rc != 1) return ProviderError("generating a key pair");
  if (!log.HasPassed(OSSL_SELF_TEST_TYPE_PCT)) {
    return Error(Code::kSelfTestFailed,
                 "the provider did not report a passed pair-wise consistency test, so the new key "
                 "pair was thrown away");
  }
  return Adopt(std::move(context), type, std::move(pkey));
}

Result<std::unique_ptr<KeyPair>> KeyPair::FromPkcs8(ContextRef context, const KeyType& type,
                                                    ByteSpan der) {
  Pkey pkey = TRY(Decode(*context, type, kPrivate, der));
  return Adopt(std::move(context), type, std::move(pkey));
}

Result<std::unique_ptr<KeyPair>> KeyPair::FromForeignPkcs8(ContextRef context, const KeyType& type,
                                                           ByteSpan der) {
  Pkey pkey = TRY(Decode(*context, type, kPrivate, der));
  TRY(CheckPair(*context, pkey.get()));
  return Adopt(std::move(context), type, std::move(pkey));
}

Result<std::unique_ptr<KeyPair>> KeyPair::FromSpki(ContextRef context, const KeyType& type,
                                                   ByteSpan der) {
  Pkey pkey = TRY(Decode(*context, type, kPublic, der));
  TRY(CheckPublic(*context, pkey.get()));
  return Adopt(std::move(context), type, std::move(pkey));
}

Result<SecretBytes> KeyPair::ToPkcs8() const { return Encode(get(), "DER"); }
Result<SecretBytes> KeyPair::ToPkcs8Pem() const { return Encode(get(), "PEM"); }

Result<Bytes> KeyPair::ToSpki() const {
  std::uint8_t* data = nullptr;
  const int size = i2d_PUBKEY(get(), &data);
  if (size <= 0) return ProviderError("encoding a public key");
  Bytes spki(data, data + size);
  OPENSSL_free(data);
  return spki;
}

Result<std::unique_ptr<PkeyOperation>> KeyPair::Take() {
  if (auto idle = pool_.Take()) return idle;
  auto fresh = std::make_unique<PkeyOperation>();
  fresh->context.reset(EVP_PKEY_CTX_new_from_pkey(context_->get(), get(), nullptr));
  TRY(CheckPointer(fresh->context, "making a key context"));
  return fresh;
}

}  // namespace vallum::ossl
