// SPDX-License-Identifier: Apache-2.0
// SIZE: a table
// The attribute rules: which attribute which class of object has, what its value looks like, and when an
// application may set it. The footnotes of PKCS #11, section 4.1.2 ff., as one table.
#pragma once

#include <array>
#include <cstdint>

#include "p11/cryptoki/cryptoki.h"

namespace vallum::p11 {

/// Classes of objects, one bit each.
enum ClassBit : std::uint8_t {
  kData = 1,
  kCertificate = 2,
  kPublic = 4,
  kPrivate = 8,
  kSecret = 16
};
inline constexpr std::uint8_t kAnyKey = kPublic | kPrivate | kSecret;
inline constexpr std::uint8_t kAnyObject = kData | kCertificate | kAnyKey;

/// BitOf is 0 for classes that applications cannot make.
constexpr std::uint8_t BitOf(CK_OBJECT_CLASS object_class) {
  switch (object_class) {
    case CKO_DATA:
      return kData;
    case CKO_CERTIFICATE:
      return kCertificate;
    case CKO_PUBLIC_KEY:
      return kPublic;
    case CKO_PRIVATE_KEY:
      return kPrivate;
    case CKO_SECRET_KEY:
      return kSecret;
    default:
      return 0;
  }
}

enum class ValueKind : std::uint8_t { kFlag, kNumber, kBytes, kDate, kNumbers };

/// When an application may give the attribute, one bit each.
enum When : std::uint8_t {
  kOnCreate = 1,    ///< C_CreateObject
  kOnGenerate = 2,  ///< C_GenerateKey, C_GenerateKeyPair
  kOnUnwrap = 4,    ///< C_UnwrapKey, C_DeriveKey, C_EncapsulateKey, C_DecapsulateKey
  kLater = 8,       ///< C_SetAttributeValue and C_CopyObject
};
inline constexpr std::uint8_t kAtBirth = kOnCreate | kOnGenerate | kOnUnwrap;
inline constexpr std::uint8_t kAlways = kAtBirth | kLater;

/// AttributeRule is one row. `secret` values are key material: they go into the module, never into
/// Attributes, and come out of no object.
struct AttributeRule {
  CK_ATTRIBUTE_TYPE type;
  ValueKind kind;
  std::uint8_t classes;
  std::uint8_t when;
  bool secret = false;
};

inline constexpr std::array kAttributeRules = {
    AttributeRule{CKA_CLASS, ValueKind::kNumber, kAnyObject, kAtBirth},
    AttributeRule{CKA_TOKEN, ValueKind::kFlag, kAnyObject, kAlways},
    AttributeRule{CKA_PRIVATE, ValueKind::kFlag, kAnyObject, kAlways},
    AttributeRule{CKA_MODIFIABLE, ValueKind::kFlag, kAnyObject, kAlways},
    AttributeRule{CKA_COPYABLE, ValueKind::kFlag, kAnyObject, kAlways},
    AttributeRule{CKA_DESTROYABLE, ValueKind::kFlag, kAnyObject, kAlways},
    AttributeRule{CKA_LABEL, ValueKind::kBytes, kAnyObject, kAlways},
    AttributeRule{CKA_UNIQUE_ID, ValueKind::kBytes, kAnyObject, 0},
    AttributeRule{CKA_APPLICATION, ValueKind::kBytes, kData, kOnCreate | kLater},
    AttributeRule{CKA_OBJECT_ID, ValueKind::kBytes, kData, kOnCreate | kLater},
    AttributeRule{CKA_VALUE, ValueKind::kBytes, kData, kOnCreate | kLater},
    AttributeRule{CKA_VALUE, ValueKind::kBytes, kCertificate | kPublic, kOnCreate},
    AttributeRule{CKA_VALUE, ValueKind::kBytes, kPrivate | kSecret, kOnCreate, true},
    AttributeRule{CKA_CERTIFICATE_TYPE, ValueKind::kNumber, kCertificate, kOnCreate},
    AttributeRule{CKA_CERTIFICATE_CATEGORY, ValueKind::kNumber, kCertificate, kOnCreate},
    AttributeRule{CKA_JAVA_MIDP_SECURITY_DOMAIN, ValueKind::kNumber, kCertificate, kOnCreate},
    AttributeRule{CKA_ISSUER, ValueKind::kBytes, kCertificate, kOnCreate | kLater},
    AttributeRule{CKA_SERIAL_NUMBER, ValueKind::kBytes, kCertificate, kOnCreate | kLater},
    AttributeRule{CKA_URL, ValueKind::kBytes, kCertificate, kOnCreate},
    AttributeRule{CKA_HASH_OF_SUBJECT_PUBLIC_KEY, ValueKind::kBytes, kCertificate, kOnCreate},
    AttributeRule{CKA_HASH_OF_ISSUER_PUBLIC_KEY, ValueKind::kBytes, kCertificate, kOnCreate},
    AttributeRule{CKA_NAME_HASH_ALGORITHM, ValueKind::kNumber, kCertificate, kOnCreate},
    AttributeRule{CKA_CHECK_VALUE, ValueKind::kBytes, kCertificate, kOnCreate},
    AttributeRule{CKA_TRUSTED, ValueKind::kFlag, kCertificate | kPublic | kSecret, kAlways},
    AttributeRule{CKA_SUBJECT, ValueKind::kBytes, kCertificate | kPublic | kPrivate, kAlways},
    AttributeRule{CKA_ID, ValueKind::kBytes, kCertificate | kAnyKey, kAlways},
    AttributeRule{CKA_START_DATE, ValueKind::kDate, kCertificate | kAnyKey, kAlways},
    AttributeRule{CKA_END_DATE, ValueKind::kDate, kCertificate | kAnyKey, kAlways},
    AttributeRule{CKA_PUBLIC_KEY_INFO, ValueKind::kBytes, kCertificate | kPublic | kPrivate,
                  kOnCreate},
    AttributeRule{CKA_KEY_TYPE, ValueKind::kNumber, kAnyKey, kAtBirth},
    AttributeRule{CKA_DERIVE, ValueKind::kFlag, kAnyKey, kAlways},
    AttributeRule{CKA_ALLOWED_MECHANISMS, ValueKind::kNumbers, kAnyKey, kAtBirth},
    AttributeRule{CKA_LOCAL, ValueKind::kFlag, kAnyKey, 0},
    AttributeRule{CKA_KEY_GEN_MECHANISM, ValueKind::kNumber, kAnyKey, 0},
    AttributeRule{CKA_ENCRYPT, ValueKind::kFlag, kPublic | kSecret, kAlways},
    AttributeRule{CKA_VERIFY, ValueKind::kFlag, kPublic | kSecret, kAlways},
    AttributeRule{CKA_VERIFY_RECOVER, ValueKind::kFlag, kPublic, kAlways},
    AttributeRule{CKA_WRAP, ValueKind::kFlag, kPublic | kSecret, kAlways},
    AttributeRule{CKA_ENCAPSULATE, ValueKind::kFlag, kPublic, kAlways},
    AttributeRule{CKA_DECRYPT, ValueKind::kFlag, kPrivate | kSecret, kAlways},
    AttributeRule{CKA_SIGN, ValueKind::kFlag, kPrivate | kSecret, kAlways},
    AttributeRule{CKA_SIGN_RECOVER, ValueKind::kFlag, kPrivate, kAlways},
    AttributeRule{CKA_UNWRAP, ValueKind::kFlag, kPrivate | kSecret, kAlways},
    AttributeRule{CKA_DECAPSULATE, ValueKind::kFlag, kPrivate, kAlways},
    AttributeRule{CKA_SENSITIVE, ValueKind::kFlag, kPrivate | kSecret, kAlways},
    AttributeRule{CKA_EXTRACTABLE, ValueKind::kFlag, kPrivate | kSecret, kAlways},
    AttributeRule{CKA_WRAP_WITH_TRUSTED, ValueKind::kFlag, kPrivate | kSecret, kAlways},
    AttributeRule{CKA_ALWAYS_SENSITIVE, ValueKind::kFlag, kPrivate | kSecret, 0},
    AttributeRule{CKA_NEVER_EXTRACTABLE, ValueKind::kFlag, kPrivate | kSecret, 0},
    AttributeRule{CKA_ALWAYS_AUTHENTICATE, ValueKind::kFlag, kPrivate, kAtBirth},
    AttributeRule{CKA_MODULUS, ValueKind::kBytes, kPublic | kPrivate, kOnCreate},
    AttributeRule{CKA_PUBLIC_EXPONENT, ValueKind::kBytes, kPublic | kPrivate,
                  kOnCreate | kOnGenerate},
    AttributeRule{CKA_MODULUS_BITS, ValueKind::kNumber, kPublic, kOnGenerate},
    AttributeRule{CKA_PRIVATE_EXPONENT, ValueKind::kBytes, kPrivate, kOnCreate, true},
    AttributeRule{CKA_PRIME_1, ValueKind::kBytes, kPrivate, kOnCreate, true},
    AttributeRule{CKA_PRIME_2, ValueKind::kBytes, kPrivate, kOnCreate, true},
    AttributeRule{CKA_EXPONENT_1, ValueKind::kBytes, kPrivate, kOnCreate, true},
    AttributeRule{CKA_EXPONENT_2, ValueKind::kBytes, kPrivate, kOnCreate, true},
    AttributeRule{CKA_COEFFICIENT, ValueKind::kBytes, kPrivate, kOnCreate, true},
    AttributeRule{CKA_EC_PARAMS, ValueKind::kBytes, kPublic | kPrivate, kOnCreate | kOnGenerate},
    AttributeRule{CKA_EC_POINT, ValueKind::kBytes, kPublic, kOnCreate},
    AttributeRule{CKA_PARAMETER_SET, ValueKind::kNumber, kPublic | kPrivate,
                  kOnCreate | kOnGenerate},
    AttributeRule{CKA_SEED, ValueKind::kBytes, kPrivate, kOnCreate, true},
    AttributeRule{CKA_VALUE_LEN, ValueKind::kNumber, kSecret, kOnGenerate | kOnUnwrap},
};

/// FindRule is null when objects of that class have no such attribute.
constexpr const AttributeRule* FindRule(CK_ATTRIBUTE_TYPE type, CK_OBJECT_CLASS object_class) {
  for (const AttributeRule& rule : kAttributeRules) {
    if (rule.type == type && (rule.classes & BitOf(object_class)) != 0) return &rule;
  }
  return nullptr;
}

}  // namespace vallum::p11
