// SPDX-License-Identifier: Apache-2.0
// What an object has that nobody said.
#include "p11/mechanism/key_types.h"
#include "p11/mechanism/keys.h"

namespace vallum::p11 {
namespace {

void SetFlags(Attributes& attributes, std::initializer_list<CK_ATTRIBUTE_TYPE> types, bool value) {
  for (const CK_ATTRIBUTE_TYPE type : types) attributes.SetDefault(type, FlagValue(value));
}

void PublicDefaults(Attributes& attributes, CK_KEY_TYPE type) {
  const bool signs = type != CKK_ML_KEM;
  SetFlags(attributes, {CKA_ENCRYPT}, type == CKK_RSA);
  SetFlags(attributes, {CKA_VERIFY}, signs);
  SetFlags(attributes, {CKA_ENCAPSULATE}, !signs);
  SetFlags(attributes, {CKA_VERIFY_RECOVER, CKA_WRAP, CKA_TRUSTED}, false);
}

void PrivateDefaults(Attributes& attributes, CK_KEY_TYPE type) {
  const bool agrees = type == CKK_EC && attributes.Flag(CKA_DERIVE);
  SetFlags(attributes, {CKA_DECRYPT}, type == CKK_RSA);
  SetFlags(attributes, {CKA_SIGN}, type != CKK_ML_KEM && !agrees);
  SetFlags(attributes, {CKA_DECAPSULATE}, type == CKK_ML_KEM);
  SetFlags(attributes, {CKA_SIGN_RECOVER, CKA_UNWRAP, CKA_ALWAYS_AUTHENTICATE}, false);
}

void SecretDefaults(Attributes& attributes, CK_KEY_TYPE type) {
  SetFlags(attributes, {CKA_ENCRYPT, CKA_DECRYPT}, type == CKK_AES);
  SetFlags(attributes, {CKA_SIGN, CKA_VERIFY}, type == CKK_GENERIC_SECRET);
  SetFlags(attributes, {CKA_WRAP, CKA_UNWRAP, CKA_TRUSTED}, false);
}

void KeyDefaults(Attributes& attributes, CK_OBJECT_CLASS object_class, When when) {
  const CK_KEY_TYPE type = attributes.Number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED);
  for (const CK_ATTRIBUTE_TYPE empty : {CKA_ID, CKA_START_DATE, CKA_END_DATE}) {
    attributes.SetDefault(empty, {});
  }
  SetFlags(attributes, {CKA_DERIVE}, false);
  attributes.SetFlag(CKA_LOCAL, when == kOnGenerate);
  attributes.SetDefault(CKA_KEY_GEN_MECHANISM, NumberValue(CK_UNAVAILABLE_INFORMATION));
  if (object_class == CKO_PUBLIC_KEY) PublicDefaults(attributes, type);
  if (object_class == CKO_PRIVATE_KEY) PrivateDefaults(attributes, type);
  if (object_class == CKO_SECRET_KEY) SecretDefaults(attributes, type);
  if (object_class != CKO_SECRET_KEY) attributes.SetDefault(CKA_SUBJECT, {});
  if (object_class == CKO_PUBLIC_KEY) return;
  SetFlags(attributes, {CKA_SENSITIVE}, true);
  SetFlags(attributes, {CKA_EXTRACTABLE, CKA_WRAP_WITH_TRUSTED}, false);
  const bool born_here = when == kOnGenerate;
  attributes.SetFlag(CKA_ALWAYS_SENSITIVE, born_here && attributes.Flag(CKA_SENSITIVE));
  attributes.SetFlag(CKA_NEVER_EXTRACTABLE, born_here && !attributes.Flag(CKA_EXTRACTABLE));
}

}  // namespace

Done CompleteAttributes(Attributes& attributes, CK_OBJECT_CLASS object_class, When when) {
  const bool keeps_secret = object_class == CKO_PRIVATE_KEY || object_class == CKO_SECRET_KEY;
  attributes.SetNumber(CKA_CLASS, object_class);
  SetFlags(attributes, {CKA_TOKEN}, false);
  SetFlags(attributes, {CKA_PRIVATE}, keeps_secret);
  SetFlags(attributes, {CKA_MODIFIABLE, CKA_COPYABLE, CKA_DESTROYABLE}, true);
  attributes.SetDefault(CKA_LABEL, {});
  // The officer alone trusts, and nobody trusts an object that is being made.
  if (attributes.Flag(CKA_TRUSTED)) return Fail(CKR_ATTRIBUTE_READ_ONLY);
  if (attributes.Flag(CKA_ALWAYS_AUTHENTICATE)) return Fail(CKR_TEMPLATE_INCONSISTENT);
  if ((BitOf(object_class) & kAnyKey) != 0) KeyDefaults(attributes, object_class, when);
  if (object_class == CKO_CERTIFICATE) SetFlags(attributes, {CKA_TRUSTED}, false);
  return {};
}

}  // namespace vallum::p11
