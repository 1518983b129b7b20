// SPDX-License-Identifier: Apache-2.0
// Keys: made, opened, entered, and their public halves.
#include "module/impl.h"
#include "module/new_key.h"

namespace vallum::module {
namespace {

// Other sizes than an algorithm's own are no key of it at all, which is found later.
Status ObjectToShortKey(ServiceCall& call, Algorithm algorithm, std::size_t size) {
  const AlgorithmFacts* facts = FindAlgorithm(algorithm);
  const Service* service = FindService(*facts, Operation::kImport, Scheme::kDefault);
  if (!TakesAnySize(facts->family) || size * 8 >= service->least_key_bits) return {};
  return call.Object(Reason::kShortKey);
}

}  // namespace

Result<KeyAttributes> AttributesFor(const KeySpec& spec, Origin origin, Policy policy,
                                    const KeyId& id, std::uint32_t version) {
  const Usages all = AllUsages(spec.algorithm);
  if (all == Usages()) return Unsupported("the module does not offer this algorithm");
  const Usages usages = spec.usages == Usages() ? DefaultUsages(spec.algorithm) : spec.usages;
  if (!usages.IsSubsetOf(all)) {
    return InvalidArgument(
        "a key of " + std::string(Name(spec.algorithm)) +
        " cannot have all of these usages; leave them out to get what it can do");
  }
  return KeyAttributes{.algorithm = spec.algorithm,
                       .usages = usages,
                       .extractable = spec.extractable,
                       .origin = origin,
                       .made_under = policy,
                       .id = id,
                       .version = version};
}

Result<std::size_t> MaterialSize(const KeySpec& spec) {
  const AlgorithmFacts* facts = FindAlgorithm(spec.algorithm);
  if (facts == nullptr) return Unsupported("the module does not offer this algorithm");
  const bool pair = facts->provider_name != nullptr;
  if (spec.bits == 0 || (!pair && spec.bits == facts->key_bits)) {
    return pair ? std::size_t{0} : std::size_t{facts->key_bits} / 8;
  }
  if (!TakesAnySize(facts->family)) {
    return InvalidArgument("a key of " + std::string(facts->name) +
                           " has a size of its own; leave the size out");
  }
  if (spec.bits % 8 == 0) return std::size_t{spec.bits} / 8;
  return InvalidArgument("the size of a key is a multiple of 8 bits");
}

Status CheckVersion(std::uint32_t version) {
  if (version != 0) return {};
  return InvalidArgument("key versions start at 1");
}

Result<KeyRef> EnterMaterial(Module::Impl& impl, ServiceCall& call, const KeyAttributes& attributes,
                             ByteSpan material) {
  TRY(ObjectToShortKey(call, attributes.algorithm, material.size()));
  TRY(call.BeginKey());
  TRY(call.CheckingKey());
  KeyRef key =
      TRY(call.Examine(Key::FromMaterial(impl.context, attributes, material, Trust::kForeign)));
  call.Mark(*key);
  TRY(call.KeyChecked());
  return key;
}

Result<Approved<NewKey>> Module::GenerateKey(const KeySpec& spec, const KeyId& id,
                                             std::uint32_t version) {
  TRY(CheckVersion(version));
  const KeyAttributes attributes =
      TRY(AttributesFor(spec, Origin::kGenerated, impl_->policy, id, version));
  const std::size_t size = TRY(MaterialSize(spec));
  ServiceCall call(*impl_, {.operation = Operation::kGenerate});
  call.Concern(id);
  TRY(call.Begin());
  TRY(ObjectToShortKey(call, spec.algorithm, size));
  TRY(call.BeginKey());
  KeyWithMaterial made = TRY(call.Examine(Key::Generate(impl_->context, attributes, size)));
  call.Mark(*made.key);
  Bytes blob = TRY(call.Examine(impl_->kek->Seal(made.key->attributes(), made.material.span())));
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  return Approved<NewKey>{{std::move(made.key), std::move(blob)}, indicator};
}

Result<KeyRef> Module::OpenKey(ByteSpan blob, const KeyId& id, std::uint32_t version) {
  ServiceRecord record(*impl_, Management::kOpenKey);
  record.Concern(id);
  Gate::Pass pass = TRY(impl_->gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(pass.MoveTo(State::kSspEntry));
  const KeyBlob parsed = TRY(ParseKeyBlob(blob));
  if (parsed.attributes.id != id || parsed.attributes.version != version) {
    return Integrity("the stored key is not the one that its record names; restore the record");
  }
  const SecretBytes material = TRY(impl_->kek->Open(parsed));
  Result<KeyRef> key =
      Key::FromMaterial(impl_->context, parsed.attributes, material.span(), Trust::kOwn);
  if (!key) return impl_->Examine(std::move(key).error());
  TRY(pass.MoveHome());
  TRY(impl_->gate.Commit(std::move(pass)));
  record.Succeed();
  return key;
}

Result<Approved<KeyRef>> Module::EnterKey(const KeySpec& spec, const SecretBytes& material) {
  if (IsAsymmetric(spec.algorithm)) {
    return Unsupported("only symmetric keys can be entered; import a key pair wrapped");
  }
  const KeyAttributes attributes =
      TRY(AttributesFor(spec, Origin::kEntered, impl_->policy, KeyId(), 0));
  ServiceCall call(*impl_, {.operation = Operation::kImport});
  TRY(call.Begin());
  TRY(call.BeginKey());
  KeyRef key = TRY(EnterMaterial(*impl_, call, attributes, material.span()));
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  if (Session* session = OperatorScope::Current()) session->Own(key);
  return Approved<KeyRef>{std::move(key), indicator};
}

Result<Approved<KeyRef>> Module::EnterPublicKey(Algorithm algorithm, ByteSpan spki) {
  if (!AllUsages(algorithm).Has(Usage::kVerify) || !IsAsymmetric(algorithm)) {
    return Unsupported("only public keys of signature algorithms can be entered");
  }
  const KeySpec spec{.algorithm = algorithm, .usages = Usage::kVerify};
  const KeyAttributes attributes =
      TRY(AttributesFor(spec, Origin::kEntered, impl_->policy, KeyId(), 0));
  ServiceCall call(*impl_, {.operation = Operation::kImport});
  TRY(call.Begin());
  TRY(call.BeginKey());
  TRY(call.CheckingKey());
  KeyRef key = TRY(call.Examine(Key::FromSpki(impl_->context, attributes, spki)));
  call.Mark(*key);
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  return Approved<KeyRef>{std::move(key), indicator};
}

Result<Bytes> Module::PublicKey(const Key& key) {
  ServiceRecord record(*impl_, Operation::kExportPublic);
  Gate::Pass pass = TRY(impl_->gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(key.CheckLive());
  if (key.pair() == nullptr) return Unsupported("a symmetric key has no public key");
  Bytes spki = TRY(key.pair()->ToSpki());
  TRY(impl_->gate.Commit(std::move(pass)));
  record.Succeed();
  return spki;
}

Result<evp_pkey_st*> Module::TlsKey(const Key& key) {
  ServiceRecord record(*impl_, Management::kUseForTls);
  record.Concern(key.attributes().id);
  Gate::Pass pass = TRY(impl_->gate.Enter(kServing));
  TRY(record.Authorise());
  TRY(key.CheckLive());
  if (key.pair() == nullptr || !key.attributes().usages.Has(Usage::kSign)) {
    return Error(Code::kKeyUsage, "a TLS credential needs a key pair that may sign");
  }
  evp_pkey_st* const native = key.pair()->get();
  TRY(impl_->gate.Commit(std::move(pass)));
  record.Succeed();
  return native;
}

Result<ossl_lib_ctx_st*> Module::TlsLibrary() {
  ServiceRecord record(*impl_, Management::kUseForTls);
  Gate::Pass pass = TRY(impl_->gate.Enter(kTested));
  TRY(record.Authorise());
  TRY(impl_->gate.Commit(std::move(pass)));
  record.Succeed();
  return impl_->context->get();
}

// Requirement: tls-gate
Status Module::RunTlsStep(const std::function<void()>& step) {
  Gate::Pass pass = TRY(impl_->gate.Enter(kTested));
  step();
  return impl_->gate.Commit(std::move(pass));
}

}  // namespace vallum::module
