// SPDX-License-Identifier: Apache-2.0
// Keys made, entered, unwrapped, derived: from templates to material and attributes.
#pragma once

#include "p11/core/key_maker.h"
#include "p11/core/template.h"
#include "p11/mechanism/table.h"

namespace vallum::p11 {

/// NewObject is what a call is about to keep.
struct NewObject {
  KeyId id;
  Attributes attributes;
  MaterialRef material;       ///< null for what is no key
  SecretRef value = nullptr;  ///< of a private data object
};

/// CompleteAttributes adds the class, the defaults and what follows from them.
/// CKR_TEMPLATE_INCONSISTENT for attributes that contradict each other or ask for what no key here has.
Done CompleteAttributes(Attributes& attributes, CK_OBJECT_CLASS object_class, When when);

/// HiddenValue is CKA_VALUE of a template for a private data object; empty when it is not there.
Ck<SecretRef> HiddenValue(const Template& given);

/// CreateObject is C_CreateObject up to keeping it.
Ck<NewObject> CreateObject(module::Module& module, const Template& given);

/// `maker` makes keys with CKA_TOKEN; null: the module makes those, too.
Ck<NewObject> GenerateSecret(module::Module& module, KeyMaker* maker, const MechanismRow& row,
                             const Template& given);
struct NewPair {
  NewObject public_key;
  NewObject private_key;
};
Ck<NewPair> GeneratePair(module::Module& module, KeyMaker* maker, const MechanismRow& row,
                         const Template& public_template, const Template& private_template);

Ck<Bytes> WrapKey(module::Module& module, const MechanismRow& row, ByteSpan parameter,
                  const Object& wrapping, const Object& key);
Ck<NewObject> UnwrapKey(module::Module& module, const MechanismRow& row, ByteSpan parameter,
                        const Object& unwrapping, ByteSpan wrapped, const Template& given);
/// AgreeKey is CKM_ECDH1_DERIVE.
Ck<NewObject> AgreeKey(module::Module& module, ByteSpan parameter, const Object& own,
                       const Template& given);
struct Encapsulation {
  Bytes ciphertext;
  NewObject key;
};
Ck<Encapsulation> EncapsulateKey(module::Module& module, const Object& public_key,
                                 const Template& given);
Ck<NewObject> DecapsulateKey(module::Module& module, const Object& private_key, ByteSpan ciphertext,
                             const Template& given);
/// KemCiphertextSize of a key for ML-KEM.
std::size_t KemCiphertextSize(const Object& key);

}  // namespace vallum::p11
