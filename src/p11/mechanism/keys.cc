// SPDX-License-Identifier: Apache-2.0
// Keys made in the module: generated, unwrapped, agreed on.
#include "p11/mechanism/keys.h"

#include <algorithm>

#include "p11/core/slot.h"
#include "p11/mechanism/adopt.h"
#include "p11/mechanism/der.h"
#include "p11/mechanism/key_types.h"
#include "p11/mechanism/parameter.h"

namespace vallum::p11 {
namespace {

// What a template that makes a key says, with everything that it leaves out.
Ck<Attributes> KeyAttributesOf(const Template& given, CK_OBJECT_CLASS object_class,
                               std::optional<CK_KEY_TYPE> key_type, When when) {
  Attributes attributes = TRY(given.Check(object_class, when));
  if (attributes.Has(CKA_CLASS) && attributes.Number(CKA_CLASS) != object_class) {
    return Fail(CKR_TEMPLATE_INCONSISTENT);
  }
  if (key_type) {
    if (attributes.Has(CKA_KEY_TYPE) && attributes.Number(CKA_KEY_TYPE) != *key_type) {
      return Fail(CKR_TEMPLATE_INCONSISTENT);
    }
    attributes.SetNumber(CKA_KEY_TYPE, *key_type);
  }
  if (!attributes.Has(CKA_KEY_TYPE)) return Fail(CKR_TEMPLATE_INCOMPLETE);
  TRY(CompleteAttributes(attributes, object_class, when));
  return attributes;
}

module::KeySpec SpecOf(const Attributes& attributes, Algorithm algorithm, std::size_t size) {
  const bool any_size =
      algorithm == Algorithm::kGenericSecret || AllUsages(algorithm).Has(module::Usage::kMac);
  const bool aes = algorithm == Algorithm::kAes128 || algorithm == Algorithm::kAes192 ||
                   algorithm == Algorithm::kAes256;
  return {.algorithm = algorithm,
          .usages = UsagesOf(attributes, algorithm),
          .extractable = attributes.Flag(CKA_EXTRACTABLE),
          .bits = any_size && !aes ? static_cast<std::uint32_t>(size * 8) : 0};
}

Done CheckPublicExponent(const Attributes& attributes) {
  static constexpr std::array<std::uint8_t, 3> kF4 = {1, 0, 1};
  const Bytes* exponent = attributes.Find(CKA_PUBLIC_EXPONENT);
  if (exponent == nullptr || std::ranges::equal(TrimZeros(*exponent), kF4)) return {};
  return Fail(CKR_ATTRIBUTE_VALUE_INVALID);
}

Ck<KeyMaker::Made> MakePair(module::Module& module, const module::KeySpec& spec, const KeyId& id) {
  auto key = TRY(module.GenerateKey(spec, id, 1)).value;
  KeyMaker::Made made{.material = nullptr, .spki = TRY(module.PublicKey(*key.key))};
  made.material = std::make_shared<KeyMaterial>(
      module, id, std::vector{KeyForm{spec.algorithm, std::move(key.blob)}}, nullptr);
  TRY(made.material->Keep(spec.algorithm, std::move(key.key)));
  return made;
}

// The secret of an agreement or an encapsulation as a key of the template; `secret` is extractable and
// never seen by anybody.
Ck<NewObject> KeepSecret(module::Module& module, const module::Key& secret, Attributes attributes,
                         std::size_t size) {
  const auto forms = TRY(AlgorithmsOfSecret(attributes, size));
  NewObject made{
      .id = TRY(NewId(module)), .attributes = std::move(attributes), .material = nullptr};
  made.attributes.SetNumber(CKA_VALUE_LEN, size);
  made.material = TRY(Adopt(module, secret, forms, made.attributes, made.id));
  return made;
}

}  // namespace

Ck<NewObject> GenerateSecret(module::Module& module, KeyMaker* maker, const MechanismRow& row,
                             const Template& given) {
  NewObject made{
      .id = TRY(NewId(module)),
      .attributes = TRY(KeyAttributesOf(given, CKO_SECRET_KEY, row.key_type, kOnGenerate)),
      .material = nullptr};
  const auto size = made.attributes.Number(CKA_VALUE_LEN);
  if (!size) return Fail(CKR_TEMPLATE_INCOMPLETE);
  made.attributes.SetNumber(CKA_KEY_GEN_MECHANISM, row.mechanism);
  if (*size < row.least || *size > row.most) return Fail(CKR_KEY_SIZE_RANGE);
  const auto forms = TRY(AlgorithmsOfSecret(made.attributes, *size));
  module::KeySpec spec = SpecOf(made.attributes, forms.front(), *size);
  if (maker != nullptr && made.attributes.Flag(CKA_TOKEN)) {
    made.material = TRY(maker->Make(spec, made.attributes, made.id)).material;
    return made;
  }
  if (forms.size() > 1)
    spec.extractable = true;  // from its maker to its other forms, and no further
  auto key = TRY(module.GenerateKey(spec, made.id, 1)).value;
  if (forms.size() > 1) {
    made.material = TRY(Adopt(module, *key.key, forms, made.attributes, made.id));
    return made;
  }
  made.material = std::make_shared<KeyMaterial>(
      module, made.id, std::vector{KeyForm{forms.front(), std::move(key.blob)}}, nullptr);
  TRY(made.material->Keep(forms.front(), std::move(key.key)));
  return made;
}

Ck<NewPair> GeneratePair(module::Module& module, KeyMaker* maker, const MechanismRow& row,
                         const Template& public_template, const Template& private_template) {
  NewPair pair;
  Attributes& open = pair.public_key.attributes;
  Attributes& secret = pair.private_key.attributes;
  open = TRY(KeyAttributesOf(public_template, CKO_PUBLIC_KEY, row.key_type, kOnGenerate));
  secret = TRY(KeyAttributesOf(private_template, CKO_PRIVATE_KEY, row.key_type, kOnGenerate));
  TRY(CheckPublicExponent(open));
  const Algorithm algorithm = TRY(AlgorithmOfPair(open));
  pair.private_key.id = TRY(NewId(module));
  pair.public_key.id = TRY(NewId(module));
  const module::KeySpec spec = SpecOf(secret, algorithm, 0);
  KeyMaker::Made made = TRY(maker != nullptr && secret.Flag(CKA_TOKEN)
                                ? maker->Make(spec, secret, pair.private_key.id)
                                : MakePair(module, spec, pair.private_key.id));
  for (Attributes* attributes : {&open, &secret}) {
    attributes->SetNumber(CKA_KEY_GEN_MECHANISM, row.mechanism);
    TRY(DescribePublicKey(*attributes, algorithm, made.spki));
  }
  pair.public_key.material =
      std::make_shared<KeyMaterial>(module, KeyForm{algorithm, std::move(made.spki)});
  pair.private_key.material = std::move(made.material);
  return pair;
}

Ck<Bytes> WrapKey(module::Module& module, const MechanismRow& row, ByteSpan parameter,
                  const Object& wrapping, const Object& key) {
  if (!parameter.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
  if (!key.attributes.Flag(CKA_EXTRACTABLE)) return Fail(CKR_KEY_UNEXTRACTABLE);
  if (key.attributes.Flag(CKA_WRAP_WITH_TRUSTED) && !wrapping.attributes.Flag(CKA_TRUSTED)) {
    return Fail(CKR_KEY_NOT_WRAPPABLE);
  }
  const module::KeyRef by = TRY(wrapping.material->OpenFirst());
  const module::KeyRef inner = TRY(key.material->OpenFirst());
  return TRY(As(module.WrapKey(*by, *inner, row.scheme), Code::kInvalidArgument,
                CKR_KEY_SIZE_RANGE))
      .value;
}

Ck<NewObject> UnwrapKey(module::Module& module, const MechanismRow& row, ByteSpan parameter,
                        const Object& unwrapping, ByteSpan wrapped, const Template& given) {
  if (!parameter.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
  const auto object_class = TRY(given.Number(CKA_CLASS));
  if (!object_class) return Fail(CKR_TEMPLATE_INCOMPLETE);
  if (*object_class != CKO_SECRET_KEY && *object_class != CKO_PRIVATE_KEY) {
    return Fail(CKR_TEMPLATE_INCONSISTENT);
  }
  NewObject made{.id = TRY(NewId(module)),
                 .attributes = TRY(KeyAttributesOf(given, *object_class, std::nullopt, kOnUnwrap)),
                 .material = nullptr};
  const module::KeyRef by = TRY(unwrapping.material->OpenFirst());
  const auto unwrap = [&](Algorithm algorithm) {
    return module.UnwrapKey(*by, wrapped, SpecOf(made.attributes, algorithm, 0), made.id, 1,
                            row.scheme);
  };
  made.material = TRY(UnwrapForms(module, unwrap, made.attributes, made.id));
  return made;
}

Ck<NewObject> AgreeKey(module::Module& module, ByteSpan parameter, const Object& own,
                       const Template& given) {
  const auto how = TRY(ReadParameter<CK_ECDH1_DERIVE_PARAMS>(parameter));
  ByteSpan point = TRY(ReadPart(how.pPublicData, how.ulPublicDataLen, 1024));
  const ByteSpan shared = TRY(ReadPart(how.pSharedData, how.ulSharedDataLen, 1024));
  if (const auto inner = ReadDerContent(point, kDerOctetString)) point = *inner;
  Attributes attributes = TRY(KeyAttributesOf(given, CKO_SECRET_KEY, std::nullopt, kOnUnwrap));
  const Algorithm curve = own.material->forms().front().algorithm;
  const module::KeyRef key = TRY(own.material->OpenFirst());
  const Bytes peer = EcSpki(CurveOid(curve), point);
  const module::KeySpec hidden{.algorithm = Algorithm::kGenericSecret,
                               .usages = module::Usage::kDerive,
                               .extractable = true};
  const auto secret = TRY(
      As(Agree(module, *key, peer, hidden), Code::kInvalidArgument, CKR_MECHANISM_PARAM_INVALID));
  const std::size_t field = curve == Algorithm::kEcP256   ? 32
                            : curve == Algorithm::kEcP384 ? 48
                                                          : 66;
  const std::size_t size = attributes.Number(CKA_VALUE_LEN).value_or(field);
  if (how.kdf == CKD_NULL) {
    if (!shared.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
    // SP 800-56C: a shared secret is no key before it went through a derivation.
    const bool generic = attributes.Number(CKA_KEY_TYPE) == CKK_GENERIC_SECRET;
    if (!generic || size != field) return Fail(CKR_TEMPLATE_INCONSISTENT);
    return KeepSecret(module, *secret.value, std::move(attributes), field);
  }
  const module::X963Kdf kdf{.hash = TRY(HashOfKdf(how.kdf)), .shared_info = ToBytes(shared)};
  const auto forms = TRY(AlgorithmsOfSecret(attributes, size));
  module::KeySpec spec = SpecOf(attributes, forms.front(), size);
  spec.extractable = true;
  const auto derived = TRY(DeriveKey(module, *secret.value, kdf, spec, TRY(NewId(module)), 1));
  return KeepSecret(module, *derived.value.key, std::move(attributes), size);
}

std::size_t KemCiphertextSize(const Object& key) {
  switch (key.material->forms().front().algorithm) {
    case Algorithm::kMlKem512:
      return 768;
    case Algorithm::kMlKem768:
      return 1088;
    default:
      return 1568;
  }
}

namespace {

// The key that carries the shared secret into the template's own.
constexpr module::KeySpec kCarrier{
    .algorithm = Algorithm::kGenericSecret, .usages = module::Usage::kDerive, .extractable = true};
constexpr std::size_t kKemSecret = 32;

Ck<Attributes> KemAttributes(const Template& given) {
  Attributes attributes = TRY(KeyAttributesOf(given, CKO_SECRET_KEY, std::nullopt, kOnUnwrap));
  if (attributes.Number(CKA_VALUE_LEN).value_or(kKemSecret) != kKemSecret) {
    return Fail(CKR_TEMPLATE_INCONSISTENT);
  }
  return attributes;
}

}  // namespace

Ck<Encapsulation> EncapsulateKey(module::Module& module, const Object& public_key,
                                 const Template& given) {
  Attributes attributes = TRY(KemAttributes(given));
  const module::KeyRef key = TRY(public_key.material->OpenFirst());
  auto made = TRY(module::EncapsulateKey(module, *key, kCarrier)).value;
  return Encapsulation{std::move(made.ciphertext),
                       TRY(KeepSecret(module, *made.key, std::move(attributes), kKemSecret))};
}

Ck<NewObject> DecapsulateKey(module::Module& module, const Object& private_key, ByteSpan ciphertext,
                             const Template& given) {
  Attributes attributes = TRY(KemAttributes(given));
  if (ciphertext.size() != KemCiphertextSize(private_key)) return Fail(CKR_WRAPPED_KEY_LEN_RANGE);
  const UsableKeyRef key = TRY(private_key.material->UseFirst());
  const auto made = TRY(key->Decapsulate(ciphertext, kCarrier));
  return KeepSecret(module, *made.value, std::move(attributes), kKemSecret);
}

}  // namespace vallum::p11
