// SPDX-License-Identifier: Apache-2.0
// Key pairs from the byte strings of their standards instead of DER.
#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <string_view>

#include "ossl/error.h"
#include "ossl/pkey.h"

namespace vallum::ossl {
namespace {

Error NotSuchAKey(const KeyType& type, RawPart part) {
  constexpr std::array<std::string_view, 3> kParts = {"seed", "private key", "public key"};
  ERR_clear_error();
  return InvalidArgument(
      fmt::format("the bytes are no {} of {}", kParts[static_cast<std::size_t>(part)], type.name));
}

OSSL_PARAM Octets(const char* key, ByteSpan value) {
  return OSSL_PARAM_construct_octet_string(key, const_cast<std::uint8_t*>(value.data()),
                                           value.size());
}

Result<Pkey> FromData(LibraryContext& context, const KeyType& type, RawPart part, ByteSpan bytes) {
  const PkeyContext reader(EVP_PKEY_CTX_new_from_name(context.get(), type.name, nullptr));
  TRY(CheckPointer(reader, "making a key context"));
  TRY(Check(EVP_PKEY_fromdata_init(reader.get()), "starting to read a key"));
  const bool is_public = part == RawPart::kPublic;
  std::array<OSSL_PARAM, 3> params = {
      Octets(is_public ? OSSL_PKEY_PARAM_PUB_KEY : OSSL_PKEY_PARAM_PRIV_KEY, bytes),
      OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  if (type.group != nullptr) {
    params[1] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                 const_cast<char*>(type.group), 0);
  }
  evp_pkey_st* raw = nullptr;
  const int selection = is_public ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  const int rc = EVP_PKEY_fromdata(reader.get(), &raw, selection, params.data());
  Pkey pkey(raw);
  if (rc != 1 || pkey == nullptr) return NotSuchAKey(type, part);
  return pkey;
}

bool HasRawForm(const KeyType& type, RawPart part) {
  if (type.bits != 0) return false;
  return type.group == nullptr || part == RawPart::kPublic;
}

// FIPS 203, d and z; FIPS 204, xi; FIPS 205, three strings of n bytes. 0: no seed to generate from.
std::size_t SeedSize(const KeyType& type) {
  const std::string_view name = type.name;
  if (name.starts_with("ML-KEM")) return 64;
  if (name.starts_with("ML-DSA")) return 32;
  if (!name.starts_with("SLH-DSA")) return 0;
  if (name.find("128") != name.npos) return 48;
  return name.find("192") != name.npos ? 72 : 96;
}

bool SeedIsPrivateKey(const KeyType& type) { return std::string_view(type.name).starts_with("ED"); }

}  // namespace

Result<std::unique_ptr<KeyPair>> KeyPair::FromRaw(ContextRef context, const KeyType& type,
                                                  RawPart part, ByteSpan bytes) {
  if (!HasRawForm(type, part)) {
    return Unsupported(fmt::format("keys of type {} come as DER, not as a byte string", type.name));
  }
  if (part == RawPart::kSeed && !SeedIsPrivateKey(type)) {
    return FromSeed(std::move(context), type, bytes);
  }
  Pkey pkey = TRY(FromData(*context, type, part, bytes));
  TRY(part == RawPart::kPublic ? CheckPublic(*context, pkey.get())
                               : CheckPair(*context, pkey.get()));
  return Adopt(std::move(context), type, std::move(pkey));
}

Result<std::unique_ptr<KeyPair>> KeyPair::FromSeed(ContextRef context, const KeyType& type,
                                                   ByteSpan seed) {
  if (seed.size() != SeedSize(type)) return NotSuchAKey(type, RawPart::kSeed);
  const PkeyContext generator(EVP_PKEY_CTX_new_from_name(context->get(), type.name, nullptr));
  TRY(CheckPointer(generator, "making a key generator"));
  TRY(Check(EVP_PKEY_keygen_init(generator.get()), "starting key generation"));
  const std::array<OSSL_PARAM, 2> params = {Octets(OSSL_PKEY_PARAM_ML_DSA_SEED, seed),
                                            OSSL_PARAM_construct_end()};
  if (EVP_PKEY_CTX_set_params(generator.get(), params.data()) != 1) {
    return NotSuchAKey(type, RawPart::kSeed);
  }
  return FinishGeneration(std::move(context), type, generator.get());
}

}  // namespace vallum::ossl
