// SPDX-License-Identifier: Apache-2.0
// C_CreateObject: certificates, data, and keys that come in plaintext.
#include "p11/core/slot.h"
#include "p11/mechanism/adopt.h"
#include "p11/mechanism/der.h"
#include "p11/mechanism/key_types.h"
#include "p11/mechanism/keys.h"

namespace vallum::p11 {
namespace {

Ck<ByteSpan> Required(const Template& given, CK_ATTRIBUTE_TYPE type) {
  const auto value = given.Find(type);
  if (!value || value->empty()) return Fail(CKR_TEMPLATE_INCOMPLETE);
  return *value;
}

template <typename T>
Ck<T> Valid(Result<T> result) {
  return As(std::move(result), Code::kInvalidArgument, CKR_ATTRIBUTE_VALUE_INVALID);
}

Ck<module::KeyRef> EnterPublicKey(module::Module& module, const Template& given,
                                  Algorithm algorithm, CK_KEY_TYPE type) {
  const module::KeySpec spec{.algorithm = algorithm};
  if (type == CKK_RSA) {
    const Bytes spki =
        RsaSpki(TRY(Required(given, CKA_MODULUS)), TRY(Required(given, CKA_PUBLIC_EXPONENT)));
    return TRY(Valid(EnterPublic(module, spec, module::PublicForm::kSpki, spki))).value;
  }
  const bool curve = type == CKK_EC || type == CKK_EC_EDWARDS;
  ByteSpan raw = TRY(Required(given, curve ? CKA_EC_POINT : CKA_VALUE));
  if (curve) {
    if (const auto inner = ReadDerContent(raw, kDerOctetString)) raw = *inner;
  }
  return TRY(Valid(EnterPublic(module, spec, module::PublicForm::kRaw, raw))).value;
}

Done CreatePublic(module::Module& module, const Template& given, NewObject& made) {
  const Algorithm algorithm = TRY(AlgorithmOfPair(made.attributes));
  const CK_KEY_TYPE type = made.attributes.Number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED);
  const module::KeyRef key = TRY(EnterPublicKey(module, given, algorithm, type));
  const Bytes spki = TRY(module.PublicKey(*key));
  TRY(DescribePublicKey(made.attributes, algorithm, spki));
  made.material = std::make_shared<KeyMaterial>(module, KeyForm{algorithm, spki});
  TRY(made.material->Keep(algorithm, key));
  return {};
}

// RSAPrivateKey of RFC 8017 inside a PrivateKeyInfo of RFC 5958.
Ck<SecretBytes> RsaPkcs8(const Template& given) {
  static constexpr std::array<std::uint8_t, 3> kVersion = {0x02, 0x01, 0x00};
  static constexpr std::array<std::uint8_t, 15> kAlgorithm = {
      0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
  static constexpr std::array<std::uint8_t, 1> kZero = {0};
  std::array<SecretBytes, 8> numbers;
  static constexpr std::array kParts = {CKA_MODULUS,    CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT,
                                        CKA_PRIME_1,    CKA_PRIME_2,         CKA_EXPONENT_1,
                                        CKA_EXPONENT_2, CKA_COEFFICIENT};
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    const ByteSpan number = TrimZeros(TRY(Required(given, kParts[i])));
    const bool needs_zero = (number.front() & 0x80) != 0;
    numbers[i] = TRY(SecretDerOf(kDerInteger, {needs_zero ? ByteSpan(kZero) : ByteSpan(), number}));
  }
  const SecretBytes key =
      TRY(SecretDerOf(kDerSequence, {kVersion, numbers[0].span(), numbers[1].span(),
                                     numbers[2].span(), numbers[3].span(), numbers[4].span(),
                                     numbers[5].span(), numbers[6].span(), numbers[7].span()}));
  const SecretBytes octets = TRY(SecretDerOf(kDerOctetString, {key.span()}));
  return TRY(SecretDerOf(kDerSequence, {kVersion, kAlgorithm, octets.span()}));
}

// ECPrivateKey of RFC 5915, without its optional parts, inside a PrivateKeyInfo.
Ck<SecretBytes> EcPkcs8(const Template& given, Algorithm algorithm) {
  static constexpr std::array<std::uint8_t, 3> kOne = {0x02, 0x01, 0x01};
  static constexpr std::array<std::uint8_t, 3> kVersion = {0x02, 0x01, 0x00};
  static constexpr std::array<std::uint8_t, 9> kEcPublicKey = {0x06, 0x07, 0x2a, 0x86, 0x48,
                                                               0xce, 0x3d, 0x02, 0x01};
  const std::size_t field = algorithm == Algorithm::kEcP256   ? 32
                            : algorithm == Algorithm::kEcP384 ? 48
                                                              : 66;
  const ByteSpan number = TrimZeros(TRY(Required(given, CKA_VALUE)));
  if (number.size() > field) return Fail(CKR_ATTRIBUTE_VALUE_INVALID);
  SecretBytes padded = TRY(SecretBytes::Create(field));
  std::ranges::copy(number,
                    padded.mutable_span().end() - static_cast<std::ptrdiff_t>(number.size()));
  const SecretBytes value = TRY(SecretDerOf(kDerOctetString, {padded.span()}));
  const SecretBytes key = TRY(SecretDerOf(kDerSequence, {kOne, value.span()}));
  const SecretBytes octets = TRY(SecretDerOf(kDerOctetString, {key.span()}));
  const Bytes identifier = DerOf(kDerSequence, {kEcPublicKey, CurveOid(algorithm)});
  return TRY(SecretDerOf(kDerSequence, {kVersion, identifier, octets.span()}));
}

Done CreatePrivate(module::Module& module, const Template& given, NewObject& made) {
  const Algorithm algorithm = TRY(AlgorithmOfPair(made.attributes));
  const module::KeySpec carried{.algorithm = algorithm, .extractable = true};
  SecretBytes bytes;
  auto form = module::PrivateForm::kPkcs8;
  switch (made.attributes.Number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED)) {
    case CKK_RSA:
      bytes = TRY(RsaPkcs8(given));
      break;
    case CKK_EC:
      bytes = TRY(EcPkcs8(given, algorithm));
      break;
    default: {
      const bool has_seed = given.Find(CKA_SEED).has_value();
      const bool edwards = made.attributes.Number(CKA_KEY_TYPE) == CKK_EC_EDWARDS;
      bytes = TRY(SecretBytes::CopyOf(TRY(Required(given, has_seed ? CKA_SEED : CKA_VALUE))));
      form = has_seed || edwards ? module::PrivateForm::kSeed : module::PrivateForm::kExpanded;
    }
  }
  const auto key = TRY(Valid(EnterKeyPair(module, carried, form, bytes)));
  TRY(DescribePublicKey(made.attributes, algorithm, TRY(module.PublicKey(*key.value))));
  made.material = TRY(Adopt(module, *key.value, {algorithm}, made.attributes, made.id));
  return {};
}

Done CreateSecret(module::Module& module, const Template& given, NewObject& made) {
  const ByteSpan value = TRY(Required(given, CKA_VALUE));
  const auto forms = TRY(AlgorithmsOfSecret(made.attributes, value.size()));
  const SecretBytes bytes = TRY(SecretBytes::CopyOf(value));
  const module::KeySpec carrier{.algorithm = Algorithm::kGenericSecret,
                                .usages = module::Usage::kDerive,
                                .extractable = true};
  const auto key = TRY(Valid(module.EnterKey(carrier, bytes)));
  made.attributes.SetNumber(CKA_VALUE_LEN, value.size());
  made.material = TRY(Adopt(module, *key.value, forms, made.attributes, made.id));
  return {};
}

Done CheckCertificate(const Attributes& attributes) {
  if (attributes.Number(CKA_CERTIFICATE_TYPE) != CKC_X_509) {
    return attributes.Has(CKA_CERTIFICATE_TYPE) ? Fail(CKR_ATTRIBUTE_VALUE_INVALID)
                                                : Fail(CKR_TEMPLATE_INCOMPLETE);
  }
  const bool complete =
      attributes.Has(CKA_SUBJECT) && (attributes.Has(CKA_VALUE) || attributes.Has(CKA_URL));
  if (!complete) return Fail(CKR_TEMPLATE_INCOMPLETE);
  return {};
}

}  // namespace

Ck<SecretRef> HiddenValue(const Template& given) {
  return std::make_shared<const SecretBytes>(
      TRY(SecretBytes::CopyOf(given.Find(CKA_VALUE).value_or(ByteSpan()))));
}

Ck<NewObject> CreateObject(module::Module& module, const Template& given) {
  const auto object_class = TRY(given.Number(CKA_CLASS));
  if (!object_class) return Fail(CKR_TEMPLATE_INCOMPLETE);
  if (BitOf(*object_class) == 0) return Fail(CKR_ATTRIBUTE_VALUE_INVALID);
  const auto wish = given.Find(CKA_PRIVATE);
  const bool hidden = *object_class == CKO_DATA && wish && !wish->empty() && wish->front() != 0;
  NewObject made{.id = TRY(NewId(module)),
                 .attributes = TRY(
                     (hidden ? given.Without(CKA_VALUE) : given).Check(*object_class, kOnCreate)),
                 .material = nullptr};
  const bool is_key = (BitOf(*object_class) & kAnyKey) != 0;
  if (is_key && !made.attributes.Has(CKA_KEY_TYPE)) return Fail(CKR_TEMPLATE_INCOMPLETE);
  TRY(CompleteAttributes(made.attributes, *object_class, kOnCreate));
  if (*object_class == CKO_CERTIFICATE) TRY(CheckCertificate(made.attributes));
  if (*object_class == CKO_DATA) {
    for (const CK_ATTRIBUTE_TYPE type : {CKA_APPLICATION, CKA_OBJECT_ID}) {
      made.attributes.SetDefault(type, {});
    }
    if (!hidden) made.attributes.SetDefault(CKA_VALUE, {});
    if (hidden) made.value = TRY(HiddenValue(given));
  }
  if (*object_class == CKO_PUBLIC_KEY) TRY(CreatePublic(module, given, made));
  if (*object_class == CKO_PRIVATE_KEY) TRY(CreatePrivate(module, given, made));
  if (*object_class == CKO_SECRET_KEY) TRY(CreateSecret(module, given, made));
  return made;
}

}  // namespace vallum::p11
