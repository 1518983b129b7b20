// SPDX-License-Identifier: Apache-2.0
#include "module/entry.h"

#include "module/impl.h"
#include "module/new_key.h"

namespace vallum::module {
namespace {

constexpr Usages kPublicUsages = Usages(Usage::kVerify) | Usage::kEncrypt | Usage::kEncapsulate;

Status RequirePair(Algorithm algorithm) {
  if (IsAsymmetric(algorithm)) return {};
  return Unsupported("keys of " + std::string(Name(algorithm)) + " are no key pairs");
}

Result<Usages> PublicUsagesOf(const KeySpec& spec) {
  const Usages all(AllUsages(spec.algorithm).bits() & kPublicUsages.bits());
  if (spec.usages == Usages()) return all;
  if (spec.usages.IsSubsetOf(all)) return spec.usages;
  return InvalidArgument("a public key verifies, encrypts or encapsulates, as its algorithm does");
}

}  // namespace

Result<Approved<KeyRef>> EnterKeyPair(Module& module, const KeySpec& spec, PrivateForm form,
                                      const SecretBytes& bytes) {
  TRY(RequirePair(spec.algorithm));
  Module::Impl& impl = module.impl();
  const KeyAttributes attributes =
      TRY(AttributesFor(spec, Origin::kEntered, impl.policy, KeyId(), 0));
  ServiceCall call(impl, {.operation = Operation::kImport});
  TRY(call.Begin());
  TRY(call.BeginKey());
  // Requirement: import-validation
  TRY(call.CheckingKey());
  KeyRef key = TRY(
      call.Examine(form == PrivateForm::kPkcs8
                       ? Key::FromMaterial(impl.context, attributes, bytes.span(), Trust::kForeign)
                       : Key::FromRaw(impl.context, attributes,
                                      form == PrivateForm::kSeed ? ossl::RawPart::kSeed
                                                                 : ossl::RawPart::kPrivate,
                                      bytes.span())));
  call.Mark(*key);
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  return Approved<KeyRef>{std::move(key), indicator};
}

Result<Approved<KeyRef>> EnterPublic(Module& module, const KeySpec& spec, PublicForm form,
                                     ByteSpan bytes) {
  TRY(RequirePair(spec.algorithm));
  Module::Impl& impl = module.impl();
  KeySpec limited = spec;
  limited.usages = TRY(PublicUsagesOf(spec));
  const KeyAttributes attributes =
      TRY(AttributesFor(limited, Origin::kEntered, impl.policy, KeyId(), 0));
  ServiceCall call(impl, {.operation = Operation::kImport});
  TRY(call.Begin());
  TRY(call.BeginKey());
  // Requirement: import-validation
  TRY(call.CheckingKey());
  KeyRef key =
      TRY(call.Examine(form == PublicForm::kSpki ? Key::FromSpki(impl.context, attributes, bytes)
                                                 : Key::FromRaw(impl.context, attributes,
                                                                ossl::RawPart::kPublic, bytes)));
  call.Mark(*key);
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  return Approved<KeyRef>{std::move(key), indicator};
}

Result<Approved<SecretBytes>> ExportSecretKey(Module& module, const Key& key) {
  if (IsAsymmetric(key.attributes().algorithm)) {
    return Unsupported("only symmetric keys leave in plaintext; wrap a private key");
  }
  ServiceCall call(module.impl(), {.operation = Operation::kExportSecret});
  TRY(call.Begin());
  if (!key.attributes().extractable) {
    return Error(Code::kNotExportable,
                 "the key was not made extractable, so it never leaves the module");
  }
  SecretBytes material = TRY(key.ExportMaterial());
  const Indicator indicator = TRY(call.End());
  return Approved<SecretBytes>{std::move(material), indicator};
}

}  // namespace vallum::module
