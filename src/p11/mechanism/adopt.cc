// SPDX-License-Identifier: Apache-2.0
#include "p11/mechanism/adopt.h"

#include "p11/mechanism/der.h"
#include "p11/mechanism/key_types.h"

namespace vallum::p11 {
namespace {

module::KeySpec FormSpec(const Attributes& attributes, Algorithm algorithm) {
  return {.algorithm = algorithm,
          .usages = UsagesOf(attributes, algorithm),
          .extractable = attributes.Flag(CKA_EXTRACTABLE)};
}

Ck<std::vector<Algorithm>> FormsWanted(const Attributes& attributes) {
  if (attributes.Number(CKA_CLASS) == CKO_PRIVATE_KEY) return CandidatesOf(attributes);
  if (attributes.Number(CKA_KEY_TYPE) == CKK_AES) {
    return std::vector{Algorithm::kAes256, Algorithm::kAes192, Algorithm::kAes128};
  }
  return AlgorithmsOfSecret(attributes, attributes.Number(CKA_VALUE_LEN).value_or(32));
}

std::size_t AesSize(Algorithm algorithm) {
  return algorithm == Algorithm::kAes128 ? 16 : algorithm == Algorithm::kAes192 ? 24 : 32;
}

Rv WrappedError(const Error& error) {
  const bool damaged = error.code() == Code::kVerifyFailed ||
                       error.code() == Code::kInvalidArgument || error.code() == Code::kProvider;
  return damaged ? Rv(CKR_WRAPPED_KEY_INVALID) : Rv(RvOf(error.code()));
}

}  // namespace

Ck<DigestAlgorithm> HashOfKdf(CK_ULONG kdf) {
  switch (kdf) {
    case CKD_SHA224_KDF:
      return DigestAlgorithm::kSha224;
    case CKD_SHA256_KDF:
      return DigestAlgorithm::kSha256;
    case CKD_SHA384_KDF:
      return DigestAlgorithm::kSha384;
    case CKD_SHA512_KDF:
      return DigestAlgorithm::kSha512;
    default:
      return Fail(CKR_MECHANISM_PARAM_INVALID);
  }
}

Done DescribePublicKey(Attributes& attributes, Algorithm algorithm, ByteSpan spki) {
  const auto bits = PublicBits(spki);
  if (!bits) return Fail(CKR_GENERAL_ERROR);
  attributes.Set(CKA_PUBLIC_KEY_INFO, ToBytes(spki));
  const bool is_public = attributes.Number(CKA_CLASS) == CKO_PUBLIC_KEY;
  const CK_KEY_TYPE type = attributes.Number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED);
  if (type == CKK_RSA) {
    const auto content = ReadDerContent(*bits, kDerSequence);
    const auto modulus = content ? ReadDer(*content) : std::nullopt;
    const auto exponent = modulus ? ReadDerContent(modulus->rest, kDerInteger) : std::nullopt;
    if (!exponent) return Fail(CKR_GENERAL_ERROR);
    const ByteSpan number = TrimZeros(modulus->content);
    attributes.Set(CKA_MODULUS, ToBytes(number));
    attributes.Set(CKA_PUBLIC_EXPONENT, ToBytes(TrimZeros(*exponent)));
    if (is_public) attributes.SetNumber(CKA_MODULUS_BITS, number.size() * 8);
    return {};
  }
  if (type == CKK_EC || type == CKK_EC_EDWARDS) {
    attributes.SetDefault(CKA_EC_PARAMS, ToBytes(CurveOid(algorithm)));
    if (is_public) attributes.Set(CKA_EC_POINT, DerOf(kDerOctetString, {*bits}));
    return {};
  }
  attributes.SetDefault(CKA_PARAMETER_SET, NumberValue(ParameterSetOf(algorithm)));
  if (is_public) attributes.Set(CKA_VALUE, ToBytes(*bits));
  return {};
}

Ck<MaterialRef> Adopt(module::Module& module, const module::Key& from,
                      const std::vector<Algorithm>& forms, const Attributes& attributes,
                      const KeyId& id) {
  const auto carrier = TRY(module.GenerateKey({.algorithm = Algorithm::kAes256Kwp}, KeyId(), 1));
  module::Key& by = *carrier.value.key;
  const Bytes wrapped = TRY(module.WrapKey(by, from)).value;
  std::vector<KeyForm> made;
  module::KeyRef first;
  for (const Algorithm algorithm : forms) {
    auto key = TRY(As(module.UnwrapKey(by, wrapped, FormSpec(attributes, algorithm), id, 1),
                      Code::kInvalidArgument, CKR_ATTRIBUTE_VALUE_INVALID));
    if (first == nullptr) first = std::move(key.value.key);
    made.push_back({algorithm, std::move(key.value.blob)});
  }
  auto material = std::make_shared<KeyMaterial>(module, id, std::move(made), nullptr);
  TRY(material->Keep(forms.front(), std::move(first)));
  return material;
}

Ck<MaterialRef> UnwrapForms(module::Module& module, const Unwrapper& unwrap, Attributes& attributes,
                            const KeyId& id) {
  const bool all = attributes.Number(CKA_CLASS) == CKO_SECRET_KEY &&
                   attributes.Number(CKA_KEY_TYPE) == CKK_GENERIC_SECRET;
  std::vector<KeyForm> made;
  module::KeyRef first;
  Rv failure = CKR_WRAPPED_KEY_INVALID;
  for (const Algorithm algorithm : TRY(FormsWanted(attributes))) {
    auto key = unwrap(algorithm);
    if (!key && all) return WrappedError(key.error());
    if (!key) {
      failure = WrappedError(key.error());
      continue;
    }
    if (first == nullptr) first = std::move(key->value.key);
    made.push_back({algorithm, std::move(key->value.blob)});
    if (!all) break;
  }
  if (made.empty()) return failure;
  const Algorithm algorithm = made.front().algorithm;
  if (module::IsAsymmetric(algorithm)) {
    TRY(DescribePublicKey(attributes, algorithm, TRY(module.PublicKey(*first))));
  } else if (!all) {
    attributes.SetNumber(CKA_VALUE_LEN, AesSize(algorithm));
  }
  auto material = std::make_shared<KeyMaterial>(module, id, std::move(made), nullptr);
  TRY(material->Keep(algorithm, std::move(first)));
  return material;
}

}  // namespace vallum::p11
