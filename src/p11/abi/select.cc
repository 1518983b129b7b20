// SPDX-License-Identifier: Apache-2.0
#include "p11/abi/select.h"

#include <cstring>

namespace vallum::p11 {
namespace {

constexpr CK_ULONG kLargestParameter = 1 << 16;

bool Allows(const Object& key, CK_MECHANISM_TYPE mechanism) {
  const Bytes* allowed = key.attributes.Find(CKA_ALLOWED_MECHANISMS);
  if (allowed == nullptr || allowed->empty()) return true;
  for (std::size_t at = 0; at + sizeof(mechanism) <= allowed->size(); at += sizeof(mechanism)) {
    if (std::memcmp(allowed->data() + at, &mechanism, sizeof(mechanism)) == 0) return true;
  }
  return false;
}

}  // namespace

Ck<Selected> SelectMechanism(CK_MECHANISM_PTR mechanism, CK_FLAGS flag) {
  if (mechanism == nullptr) return Fail(CKR_ARGUMENTS_BAD);
  CK_MECHANISM given;
  std::memcpy(&given, mechanism, sizeof(given));
  if (given.ulParameterLen > kLargestParameter ||
      (given.pParameter == nullptr && given.ulParameterLen != 0)) {
    return Fail(CKR_MECHANISM_PARAM_INVALID);
  }
  Selected selected;
  selected.row = FindMechanism(given.mechanism);
  if (selected.row == nullptr || (selected.row->flags & flag) == 0)
    return Fail(CKR_MECHANISM_INVALID);
  selected.parameter =
      ByteSpan(static_cast<const std::uint8_t*>(given.pParameter), given.ulParameterLen);
  return selected;
}

Ck<ObjectRef> KeyOf(const Session& session, CK_OBJECT_HANDLE handle) {
  auto key = session.slot.Visible(handle);
  if (!key) return Fail(CKR_KEY_HANDLE_INVALID);
  if ((*key)->material != nullptr) return key;
  const bool is_key = (BitOf((*key)->object_class()) & kAnyKey) != 0;
  return Fail(is_key ? CKR_USER_NOT_LOGGED_IN : CKR_KEY_HANDLE_INVALID);
}

Ck<Selected> Select(const Session& session, CK_MECHANISM_PTR mechanism, CK_FLAGS flag,
                    CK_OBJECT_HANDLE key, CK_OBJECT_CLASS object_class,
                    CK_ATTRIBUTE_TYPE permission) {
  Selected selected = TRY(SelectMechanism(mechanism, flag));
  selected.key = TRY(KeyOf(session, key));
  const bool secret =
      selected.row->key_type == CKK_AES || selected.row->key_type == CKK_GENERIC_SECRET;
  const CK_OBJECT_CLASS wanted = secret ? CKO_SECRET_KEY : object_class;
  if (selected.key->key_type() != selected.row->key_type ||
      selected.key->object_class() != wanted) {
    return Fail(CKR_KEY_TYPE_INCONSISTENT);
  }
  if (!selected.key->attributes.Flag(permission)) return Fail(CKR_KEY_FUNCTION_NOT_PERMITTED);
  if (!Allows(*selected.key, selected.row->mechanism)) return Fail(CKR_MECHANISM_INVALID);
  return selected;
}

}  // namespace vallum::p11
