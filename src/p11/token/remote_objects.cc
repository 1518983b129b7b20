// SPDX-License-Identifier: Apache-2.0
#include "p11/token/remote_objects.h"

#include <algorithm>

#include "p11/mechanism/adopt.h"
#include "p11/mechanism/keys.h"

namespace vallum::p11 {
namespace {

using module::Usage;

struct Family {
  std::string_view prefix;  ///< of the algorithm's name
  CK_KEY_TYPE type;
};
constexpr std::array kFamilies = {
    Family{"rsa-", CKK_RSA},           Family{"ec-", CKK_EC},
    Family{"ed25519", CKK_EC_EDWARDS}, Family{"ed448", CKK_EC_EDWARDS},
    Family{"ml-dsa-", CKK_ML_DSA},     Family{"ml-kem-", CKK_ML_KEM},
    Family{"slh-dsa-", CKK_SLH_DSA},   Family{"hmac-", CKK_GENERIC_SECRET},
};

CK_KEY_TYPE TypeOf(Algorithm algorithm) {
  for (const Family& family : kFamilies) {
    if (module::Name(algorithm).starts_with(family.prefix)) return family.type;
  }
  return CK_UNAVAILABLE_INFORMATION;
}

bool Serves(const MechanismRow& row, Algorithm algorithm) {
  switch (row.kind) {
    case Kind::kRsaPkcs:
    case Kind::kRsaPkcsHash:
    case Kind::kRsaPss:
    case Kind::kRsaPssHash:
    case Kind::kRsaOaep:
    case Kind::kEcdsa:
    case Kind::kEcdsaHash:
    case Kind::kEdDsa:
    case Kind::kMlDsa:
    case Kind::kSlhDsa:
    case Kind::kMlKem:
      return row.key_type == TypeOf(algorithm);
    case Kind::kHmac:
      return FindHash(row.hash)->hmac == algorithm;
    default:
      return false;
  }
}

Attributes Common(const ServerKey& key) {
  Attributes attributes;
  attributes.SetFlag(CKA_TOKEN, true);
  attributes.SetFlag(CKA_MODIFIABLE, false);
  attributes.SetFlag(CKA_COPYABLE, false);
  attributes.SetFlag(CKA_DESTROYABLE, false);
  attributes.Set(CKA_LABEL, TextValue(key.name));
  attributes.Set(CKA_ID, ToBytes(key.id.bytes()));
  attributes.SetNumber(CKA_KEY_TYPE, TypeOf(key.algorithm));
  return attributes;
}

void AllowUse(Attributes& attributes, const ServerKey& key) {
  const bool signs = key.active && (key.usages.Has(Usage::kSign) || key.usages.Has(Usage::kMac));
  const bool is_mac = TypeOf(key.algorithm) == CKK_GENERIC_SECRET;
  attributes.SetFlag(CKA_SIGN, signs);
  if (is_mac) attributes.SetFlag(CKA_VERIFY, key.usages.Has(Usage::kVerifyMac));
  if (is_mac) attributes.SetFlag(CKA_ENCRYPT, false);
  attributes.SetFlag(CKA_DECRYPT, key.usages.Has(Usage::kDecrypt));
  if (!is_mac) attributes.SetFlag(CKA_DECAPSULATE, key.usages.Has(Usage::kDecapsulate));
  attributes.SetFlag(CKA_EXTRACTABLE, false);
  attributes.Set(CKA_ALLOWED_MECHANISMS, MechanismsOf(key.algorithm));
}

StoredObject Finish(const KeyId& id, const ServerKey& key, Attributes attributes,
                    MaterialRef material) {
  attributes.Set(CKA_UNIQUE_ID, TextValue(ToString(id)));
  const std::uint64_t revision = (std::uint64_t{key.version} << 1) | (key.active ? 1 : 0);
  return {.id = id,
          .revision = revision,
          .attributes = std::move(attributes),
          .material = std::move(material)};
}

// The last bit of an id tells the halves apart; the others are random.
KeyId OtherHalf(const KeyId& id) {
  std::array<std::uint8_t, 16> bytes{};
  std::ranges::copy(id.bytes(), bytes.begin());
  bytes.back() ^= 1;
  return KeyId(bytes);
}

}  // namespace

Bytes MechanismsOf(Algorithm algorithm) {
  Bytes all;
  for (const MechanismRow& row : kMechanisms) {
    if (Serves(row, algorithm)) Append(all, NumberValue(row.mechanism));
  }
  return all;
}

namespace {

// A generic secret is a key for the one hash that its mechanisms name, and as long.
Ck<Algorithm> HmacFor(const Attributes& attributes) {
  const Bytes* allowed = attributes.Find(CKA_ALLOWED_MECHANISMS);
  for (const HashFacts& hash : kHashes) {
    if (allowed == nullptr || *allowed != MechanismsOf(hash.hmac)) continue;
    if (attributes.Number(CKA_VALUE_LEN) != hash.size) return Fail(CKR_KEY_SIZE_RANGE);
    return hash.hmac;
  }
  return Fail(CKR_TEMPLATE_INCONSISTENT);
}

}  // namespace

Ck<Algorithm> AlgorithmServed(Algorithm wanted, const Attributes& attributes) {
  for (const CK_ATTRIBUTE_TYPE not_served :
       {CKA_DERIVE, CKA_WRAP, CKA_UNWRAP, CKA_EXTRACTABLE, CKA_WRAP_WITH_TRUSTED}) {
    if (attributes.Flag(not_served)) return Fail(CKR_TEMPLATE_INCONSISTENT);
  }
  if (wanted == Algorithm::kGenericSecret) return HmacFor(attributes);
  const bool pair = module::IsAsymmetric(wanted) && TypeOf(wanted) != CK_UNAVAILABLE_INFORMATION;
  if (!pair) return Fail(CKR_TEMPLATE_INCONSISTENT);
  return wanted;
}

bool IsUsable(const ServerKey& key) { return TypeOf(key.algorithm) != CK_UNAVAILABLE_INFORMATION; }

Ck<StoredObject> PrivateHalf(const ServerKey& key, ByteSpan spki, MaterialRef material) {
  Attributes attributes = Common(key);
  AllowUse(attributes, key);
  const bool secret = TypeOf(key.algorithm) == CKK_GENERIC_SECRET;
  TRY(CompleteAttributes(attributes, secret ? CKO_SECRET_KEY : CKO_PRIVATE_KEY,
                         key.generated ? kOnGenerate : kOnCreate));
  attributes.SetFlag(CKA_NEVER_EXTRACTABLE, key.generated && !key.extractable);
  if (!spki.empty()) TRY(DescribePublicKey(attributes, key.algorithm, spki));
  return Finish(key.id, key, std::move(attributes), std::move(material));
}

Ck<StoredObject> PublicHalf(const ServerKey& key, ByteSpan spki, MaterialRef material) {
  Attributes attributes = Common(key);
  attributes.SetFlag(CKA_ENCRYPT, key.usages.Has(Usage::kEncrypt));
  attributes.SetFlag(CKA_VERIFY, key.usages.Has(Usage::kVerify));
  attributes.SetFlag(CKA_ENCAPSULATE, key.usages.Has(Usage::kEncapsulate));
  TRY(CompleteAttributes(attributes, CKO_PUBLIC_KEY, key.generated ? kOnGenerate : kOnCreate));
  TRY(DescribePublicKey(attributes, key.algorithm, spki));
  return Finish(OtherHalf(key.id), key, std::move(attributes), std::move(material));
}

}  // namespace vallum::p11
