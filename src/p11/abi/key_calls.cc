// SPDX-License-Identifier: Apache-2.0
// Keys: generated, wrapped, unwrapped, derived, encapsulated.
#include "p11/abi/calls.h"
#include "p11/abi/give.h"
#include "p11/abi/library.h"
#include "p11/abi/select.h"
#include "p11/mechanism/keys.h"

namespace vallum::p11 {
namespace {

Ck<CK_OBJECT_HANDLE> Keep(Session& session, NewObject made) {
  return TRY(session.slot.Keep(session, std::move(made.attributes), std::move(made.material),
                               made.id))
      ->handle;
}

// Before the work: who may not keep the result need not wait for it.
Done MayKeep(const Session& session, const Template& given, bool private_by_default) {
  Attributes attributes;
  for (const CK_ATTRIBUTE_TYPE type : {CKA_TOKEN, CKA_PRIVATE}) {
    if (const auto value = given.Find(type)) attributes.Set(type, ToBytes(*value));
  }
  if (private_by_default) attributes.SetDefault(CKA_PRIVATE, FlagValue(true));
  return session.slot.MayWrite(session, attributes);
}

Ck<Template> ReadKeyTemplate(const Session& session, CK_ATTRIBUTE_PTR attributes, CK_ULONG count) {
  Template given = TRY(Template::Read(attributes, count));
  TRY(MayKeep(session, given, true));
  return given;
}

}  // namespace

namespace calls {

CK_RV GenerateKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                  CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount, CK_OBJECT_HANDLE_PTR phKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (phKey == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const Selected selected = TRY(SelectMechanism(pMechanism, CKF_GENERATE));
    if (!selected.parameter.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
    const Template given = TRY(ReadKeyTemplate(session, pTemplate, ulCount));
    *phKey = TRY(Keep(session, TRY(GenerateSecret(session.slot.module(), session.slot.maker(),
                                                  *selected.row, given))));
    return {};
  });
}

CK_RV GenerateKeyPair(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                      CK_ATTRIBUTE_PTR pPublicKeyTemplate, CK_ULONG ulPublicKeyAttributeCount,
                      CK_ATTRIBUTE_PTR pPrivateKeyTemplate, CK_ULONG ulPrivateKeyAttributeCount,
                      CK_OBJECT_HANDLE_PTR phPublicKey, CK_OBJECT_HANDLE_PTR phPrivateKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (phPublicKey == nullptr || phPrivateKey == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const Selected selected = TRY(SelectMechanism(pMechanism, CKF_GENERATE_KEY_PAIR));
    if (!selected.parameter.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
    const Template open = TRY(Template::Read(pPublicKeyTemplate, ulPublicKeyAttributeCount));
    TRY(MayKeep(session, open, false));
    const Template secret =
        TRY(ReadKeyTemplate(session, pPrivateKeyTemplate, ulPrivateKeyAttributeCount));
    NewPair pair =
        TRY(GeneratePair(session.slot.module(), session.slot.maker(), *selected.row, open, secret));
    const CK_OBJECT_HANDLE private_key = TRY(Keep(session, std::move(pair.private_key)));
    const auto public_key = Keep(session, std::move(pair.public_key));
    if (!public_key) {
      if (const auto half = session.slot.Visible(private_key)) (void)session.slot.Destroy(*half);
      return public_key.error();
    }
    *phPublicKey = *public_key;
    *phPrivateKey = private_key;
    return {};
  });
}

CK_RV WrapKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
              CK_OBJECT_HANDLE hWrappingKey, CK_OBJECT_HANDLE hKey, CK_BYTE_PTR pWrappedKey,
              CK_ULONG_PTR pulWrappedKeyLen) {
  return InSession(hSession, [&](Session& session) -> Done {
    const auto selected =
        Select(session, pMechanism, CKF_WRAP, hWrappingKey, CKO_PUBLIC_KEY, CKA_WRAP);
    if (!selected && selected.error().value == CKR_KEY_HANDLE_INVALID) {
      return Fail(CKR_WRAPPING_KEY_HANDLE_INVALID);
    }
    if (!selected && selected.error().value == CKR_KEY_TYPE_INCONSISTENT) {
      return Fail(CKR_WRAPPING_KEY_TYPE_INCONSISTENT);
    }
    TRY(selected);
    const ObjectRef key = TRY(KeyOf(session, hKey));
    if (key->object_class() == CKO_PUBLIC_KEY) return Fail(CKR_KEY_NOT_WRAPPABLE);
    const Bytes wrapped = TRY(p11::WrapKey(session.slot.module(), *selected->row,
                                           selected->parameter, *selected->key, *key));
    if (TRY(WishOf(pWrappedKey, pulWrappedKeyLen, wrapped.size())) == Wish::kSize) return {};
    Give(wrapped, pWrappedKey, pulWrappedKeyLen);
    return {};
  });
}

CK_RV UnwrapKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                CK_OBJECT_HANDLE hUnwrappingKey, CK_BYTE_PTR pWrappedKey, CK_ULONG ulWrappedKeyLen,
                CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_OBJECT_HANDLE_PTR phKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (phKey == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const auto selected =
        Select(session, pMechanism, CKF_UNWRAP, hUnwrappingKey, CKO_PRIVATE_KEY, CKA_UNWRAP);
    if (!selected && selected.error().value == CKR_KEY_HANDLE_INVALID) {
      return Fail(CKR_UNWRAPPING_KEY_HANDLE_INVALID);
    }
    if (!selected && selected.error().value == CKR_KEY_TYPE_INCONSISTENT) {
      return Fail(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT);
    }
    TRY(selected);
    const ByteSpan wrapped = TRY(View(pWrappedKey, ulWrappedKeyLen));
    const Template given = TRY(ReadKeyTemplate(session, pTemplate, ulAttributeCount));
    *phKey = TRY(
        Keep(session, TRY(p11::UnwrapKey(session.slot.module(), *selected->row, selected->parameter,
                                         *selected->key, wrapped, given))));
    return {};
  });
}

CK_RV DeriveKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hBaseKey,
                CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_OBJECT_HANDLE_PTR phKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (phKey == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const Selected selected =
        TRY(Select(session, pMechanism, CKF_DERIVE, hBaseKey, CKO_PRIVATE_KEY, CKA_DERIVE));
    const Template given = TRY(ReadKeyTemplate(session, pTemplate, ulAttributeCount));
    *phKey = TRY(Keep(
        session, TRY(AgreeKey(session.slot.module(), selected.parameter, *selected.key, given))));
    return {};
  });
}

CK_RV EncapsulateKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                     CK_OBJECT_HANDLE hPublicKey, CK_ATTRIBUTE_PTR pTemplate,
                     CK_ULONG ulAttributeCount, CK_BYTE_PTR pCiphertext,
                     CK_ULONG_PTR pulCiphertextLen, CK_OBJECT_HANDLE_PTR phKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    const Selected selected = TRY(
        Select(session, pMechanism, CKF_ENCAPSULATE, hPublicKey, CKO_PUBLIC_KEY, CKA_ENCAPSULATE));
    if (!selected.parameter.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
    const std::size_t size = KemCiphertextSize(*selected.key);
    if (TRY(WishOf(pCiphertext, pulCiphertextLen, size)) == Wish::kSize) return {};
    if (phKey == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const Template given = TRY(ReadKeyTemplate(session, pTemplate, ulAttributeCount));
    Encapsulation made = TRY(p11::EncapsulateKey(session.slot.module(), *selected.key, given));
    *phKey = TRY(Keep(session, std::move(made.key)));
    Give(made.ciphertext, pCiphertext, pulCiphertextLen);
    return {};
  });
}

CK_RV DecapsulateKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism,
                     CK_OBJECT_HANDLE hPrivateKey, CK_ATTRIBUTE_PTR pTemplate,
                     CK_ULONG ulAttributeCount, CK_BYTE_PTR pCiphertext, CK_ULONG ulCiphertextLen,
                     CK_OBJECT_HANDLE_PTR phKey) {
  return InSession(hSession, [&](Session& session) -> Done {
    if (phKey == nullptr) return Fail(CKR_ARGUMENTS_BAD);
    const Selected selected = TRY(Select(session, pMechanism, CKF_DECAPSULATE, hPrivateKey,
                                         CKO_PRIVATE_KEY, CKA_DECAPSULATE));
    if (!selected.parameter.empty()) return Fail(CKR_MECHANISM_PARAM_INVALID);
    const ByteSpan ciphertext = TRY(View(pCiphertext, ulCiphertextLen));
    const Template given = TRY(ReadKeyTemplate(session, pTemplate, ulAttributeCount));
    *phKey = TRY(Keep(session, TRY(p11::DecapsulateKey(session.slot.module(), *selected.key,
                                                       ciphertext, given))));
    return {};
  });
}

}  // namespace calls
}  // namespace vallum::p11
