// SPDX-License-Identifier: Apache-2.0
// Objects: made, read, changed, found.
#include <algorithm>
#include <cstring>

#include "p11/abi/calls.h"
#include "p11/abi/give.h"
#include "p11/abi/library.h"
#include "p11/mechanism/keys.h"

namespace vallum::p11 {
namespace {

// The plain value of a secret key that is neither sensitive nor tied to the module.
Ck<SecretBytes> PlainValue(Slot& slot, const Object& object) {
  const bool open =
      !object.attributes.Flag(CKA_SENSITIVE) && object.attributes.Flag(CKA_EXTRACTABLE);
  if (!open || object.object_class() != CKO_SECRET_KEY) return Fail(CKR_ATTRIBUTE_SENSITIVE);
  const auto key = TRY(object.material->OpenFirst());
  return TRY(As(ExportSecretKey(slot.module(), *key), Code::kNotExportable,
                CKR_ATTRIBUTE_SENSITIVE))
      .value;
}

// One attribute into the caller's structure: PKCS #11, C_GetAttributeValue, cases 1 to 5.
CK_RV ReadOne(Slot& slot, const Object& object, CK_ATTRIBUTE& out) {
  const auto give = [&out](ByteSpan value) -> CK_RV {
    const CK_ULONG room = out.ulValueLen == CK_UNAVAILABLE_INFORMATION ? 0 : out.ulValueLen;
    out.ulValueLen = value.size();
    if (out.pValue == nullptr) return CKR_OK;
    if (room < value.size()) {
      out.ulValueLen = CK_UNAVAILABLE_INFORMATION;
      return CKR_BUFFER_TOO_SMALL;
    }
    std::ranges::copy(value, static_cast<std::uint8_t*>(out.pValue));
    return CKR_OK;
  };
  const AttributeRule* rule = FindRule(out.type, object.object_class());
  const bool hidden = out.type == CKA_VALUE && object.is_private_data();
  if (hidden || (rule != nullptr && rule->secret)) {
    const auto plain = hidden                  ? slot.ValueOf(object)
                       : out.type == CKA_VALUE ? PlainValue(slot, object)
                                               : Fail(CKR_ATTRIBUTE_SENSITIVE);
    if (plain) return give(plain->span());
    out.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return plain.error().value;
  }
  if (const Bytes* value = object.attributes.Find(out.type)) return give(*value);
  out.ulValueLen = CK_UNAVAILABLE_INFORMATION;
  return CKR_ATTRIBUTE_TYPE_INVALID;
}

// What may only become stricter (PKCS #11, footnotes 9 to 12), and what the module has bound into the key.
Done CheckChange(const Object& object, CK_ATTRIBUTE_TYPE type, bool value) {
  const bool before = object.attributes.Flag(type);
  if (before == value) return {};
  const bool only_up = type == CKA_SENSITIVE || type == CKA_WRAP_WITH_TRUSTED;
  const bool fixed = type == CKA_TOKEN || type == CKA_PRIVATE || type == CKA_MODIFIABLE;
  if (fixed || only_up != value) return Fail(CKR_ATTRIBUTE_READ_ONLY);
  return {};
}

// What a copy may be that its original is not (PKCS #11, C_CopyObject). What was private stays so.
Done CheckCopy(const Object& object, CK_ATTRIBUTE_TYPE type, bool value) {
  if (type == CKA_PRIVATE && object.is_private() && !value) return Fail(CKR_TEMPLATE_INCONSISTENT);
  const bool free =
      type == CKA_TOKEN || type == CKA_PRIVATE || type == CKA_MODIFIABLE || type == CKA_DESTROYABLE;
  return free ? Done() : CheckChange(object, type, value);
}

enum class Making : std::uint8_t { kChange, kCopy };

Ck<Attributes> Changed(const Session& session, const Object& object, const Template& given,
                       Making making) {
  const Attributes changes = TRY(given.Check(object.object_class(), kLater));
  Attributes attributes = object.attributes;
  for (const auto& [type, value] : changes.entries()) {
    // Trust is the officer's to give and to take.
    if (type == CKA_TRUSTED && !session.slot.officer_logged_in()) {
      if (object.attributes.Flag(type) != changes.Flag(type)) return Fail(CKR_ATTRIBUTE_READ_ONLY);
    } else if (type != CKA_TRUSTED &&
               FindRule(type, object.object_class())->kind == ValueKind::kFlag) {
      TRY(making == Making::kCopy ? CheckCopy(object, type, changes.Flag(type))
                                  : CheckChange(object, type, changes.Flag(type)));
    }
    attributes.Set(type, value);
  }
  return attributes;
}

// A key of the module is bound to the id of its object, and what an AES key may encrypt is counted there. So
// copies are handles of a session; but a session's private key may go into the token, where its id is free.
// That is how Java keeps the pairs that it makes.
Ck<KeyId> IdOfCopy(Slot& slot, const Object& object, const Attributes& copy) {
  const bool bound = object.material != nullptr && !object.material->is_public();
  if (!bound || !copy.Flag(CKA_TOKEN)) return NewId(slot.module());
  const bool moves = object.object_class() == CKO_PRIVATE_KEY && !object.material->is_stored();
  if (!moves || object.on_token()) return Fail(CKR_ACTION_PROHIBITED);
  return object.material->id();
}

// The value of a copied data object, which may be hidden from now on; that of another class is in `copy`.
Ck<SecretRef> CopiedValue(Slot& slot, const Object& object, const Template& given,
                          Attributes& copy) {
  const auto wanted = given.Find(CKA_VALUE);
  const bool is_data = object.object_class() == CKO_DATA;
  if (wanted && !is_data) return Fail(CKR_ATTRIBUTE_READ_ONLY);
  if (!is_data || !copy.Flag(CKA_PRIVATE)) {
    if (wanted) copy.Set(CKA_VALUE, ToBytes(*wanted));
    return SecretRef();
  }
  copy.Remove(CKA_VALUE);
  if (wanted) return HiddenValue(given);
  if (object.is_private()) return std::make_shared<const SecretBytes>(TRY(slot.ValueOf(object)));
  const Bytes* open = object.attributes.Find(CKA_VALUE);
  return std::make_shared<const SecretBytes>(
      TRY(SecretBytes::CopyOf(open == nullptr ? ByteSpan() : ByteSpan(*open))));
}

}  // namespace

namespace calls {

CK_RV CreateObject(CK_SESSION_HANDLE hSession, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount,
                   CK_OBJECT_HANDLE_PTR phObject) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (phObject == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const Template given = TRY(Template::Read(pTemplate, ulCount));
    NewObject made = TRY(p11::CreateObject(session.slot.module(), given));
    TRY(session.slot.MayWrite(session, made.attributes));
    *phObject = TRY(session.slot.Keep(session, std::move(made.attributes), std::move(made.material),
                                      made.id, std::move(made.value)))
                    ->handle;
    return {};
  });
}

CK_RV CopyObject(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ATTRIBUTE_PTR pTemplate,
                 CK_ULONG ulCount, CK_OBJECT_HANDLE_PTR phNewObject) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (phNewObject == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const ObjectRef object = TRY(session.slot.Visible(hObject));
    const Template given = TRY(Template::Read(pTemplate, ulCount));
    if (!object->attributes.Flag(CKA_COPYABLE)) return Fail(CKR_ACTION_PROHIBITED);
    const bool is_key = (BitOf(object->object_class()) & kAnyKey) != 0;
    if (is_key && object->material == nullptr) return Fail(CKR_USER_NOT_LOGGED_IN);
    const Template open = given.Without(CKA_VALUE);
    Attributes copy = TRY(Changed(session, *object, open, Making::kCopy));
    TRY(session.slot.MayWrite(session, copy));
    const KeyId id = TRY(IdOfCopy(session.slot, *object, copy));
    SecretRef value = TRY(CopiedValue(session.slot, *object, given, copy));
    *phNewObject =
        TRY(session.slot.Keep(session, std::move(copy), object->material, id, std::move(value)))
            ->handle;
    return {};
  });
}

CK_RV DestroyObject(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject) {
  return InSession(hSession, [&](Session& session) -> Done {
    const ObjectRef object = TRY(session.slot.Visible(hObject));
    TRY(session.slot.MayWrite(session, object->attributes));
    if (!object->attributes.Flag(CKA_DESTROYABLE)) return Fail(CKR_ACTION_PROHIBITED);
    return session.slot.Destroy(object);
  });
}

CK_RV GetObjectSize(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ULONG_PTR pulSize) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (pulSize == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    *pulSize = TRY(session.slot.Visible(hObject))->attributes.size();
    return {};
  });
}

CK_RV GetAttributeValue(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject,
                        CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount) {
  return InSession(hSession, [&](Session& session) -> Done {
    if ((pTemplate == nullptr && ulCount != 0) || ulCount > 256) return Fail(CKR_ARGUMENTS_BAD);
    const ObjectRef object = TRY(session.slot.Visible(hObject));
    CK_RV result = CKR_OK;
    for (CK_ULONG i = 0; i < ulCount; ++i) {
      char* const at = reinterpret_cast<char*>(pTemplate) + i * sizeof(CK_ATTRIBUTE);
      CK_ATTRIBUTE one;
      std::memcpy(&one, at, sizeof(one));
      const CK_RV read = ReadOne(session.slot, *object, one);
      std::memcpy(at, &one, sizeof(one));
      if (result == CKR_OK) result = read;
    }
    if (result != CKR_OK) return Fail(result);
    return {};
  });
}

CK_RV SetAttributeValue(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject,
                        CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount) {
  return InSession(hSession, [&](Session& session) -> Done {
    const ObjectRef object = TRY(session.slot.Visible(hObject));
    const Template given = TRY(Template::Read(pTemplate, ulCount));
    TRY(session.slot.MayWrite(session, object->attributes));
    if (!object->attributes.Flag(CKA_MODIFIABLE)) return Fail(CKR_ACTION_PROHIBITED);
    const bool hidden = object->is_private_data() && given.Find(CKA_VALUE);
    const SecretRef value = hidden ? TRY(HiddenValue(given)) : nullptr;
    return session.slot.Change(
        object,
        TRY(Changed(session, *object, hidden ? given.Without(CKA_VALUE) : given, Making::kChange)),
        value);
  });
}

CK_RV FindObjectsInit(CK_SESSION_HANDLE hSession, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (session.searching) return Fail(CKR_OPERATION_ACTIVE);
    const Template given = TRY(Template::Read(pTemplate, ulCount));
    TRY(session.slot.Refresh());
    std::vector<Attributes::Entry> wanted;
    for (const auto& [type, value] : given.entries()) wanted.emplace_back(type, ToBytes(value));
    session.found = session.slot.objects().FindAll(wanted, session.slot.user_logged_in());
    std::ranges::reverse(session.found);
    session.searching = true;
    return {};
  });
}

CK_RV FindObjects(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE_PTR phObject,
                  CK_ULONG ulMaxObjectCount, CK_ULONG_PTR pulObjectCount) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (phObject == nullptr || pulObjectCount == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    if (!session.searching) return Fail(CKR_OPERATION_NOT_INITIALIZED);
    CK_ULONG count = 0;
    for (; count < ulMaxObjectCount && !session.found.empty(); ++count) {
      phObject[count] = session.found.back();
      session.found.pop_back();
    }
    *pulObjectCount = count;
    return {};
  });
}

CK_RV FindObjectsFinal(CK_SESSION_HANDLE hSession) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (!session.searching) return Fail(CKR_OPERATION_NOT_INITIALIZED);
    session.searching = false;
    session.found.clear();
    return {};
  });
}

}  // namespace calls
}  // namespace vallum::p11
