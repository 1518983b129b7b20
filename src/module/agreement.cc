// SPDX-License-Identifier: Apache-2.0
#include "module/agreement.h"

#include "module/impl.h"
#include "module/new_key.h"
#include "ossl/agreement.h"
#include "ossl/kem.h"

namespace vallum::module {
namespace {

Result<KeyAttributes> AttributesOfSecret(const KeySpec& spec, Policy policy) {
  if (IsAsymmetric(spec.algorithm)) return Unsupported("a shared secret is no key pair");
  return AttributesFor(spec, Origin::kDerived, policy, KeyId(), 0);
}

}  // namespace

Result<Approved<KeyRef>> Agree(Module& module, Key& own, ByteSpan peer_spki, const KeySpec& spec) {
  if (spec.algorithm != Algorithm::kGenericSecret) {
    return Unsupported("key agreement gives a generic-secret; derive other keys from it");
  }
  Module::Impl& impl = module.impl();
  const KeyAttributes attributes = TRY(AttributesOfSecret(spec, impl.policy));
  ServiceCall call(impl, {.operation = Operation::kAgree, .key = &own});
  TRY(call.Begin());
  TRY(call.BeginKey());
  // Requirement: import-validation
  TRY(call.CheckingKey());
  const auto peer =
      TRY(call.Examine(ossl::KeyPair::FromSpki(impl.context, PairTypeOf(own.facts()), peer_spki)));
  TRY(call.KeyChecked());
  const SecretBytes secret = TRY(call.Examine(ossl::Agree(*own.pair(), *peer)));
  KeyRef key = TRY(EnterMaterial(impl, call, attributes, secret.span()));
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  return Approved<KeyRef>{std::move(key), indicator};
}

Result<Approved<EncapsulatedKey>> EncapsulateKey(Module& module, Key& key, const KeySpec& spec) {
  Module::Impl& impl = module.impl();
  const KeyAttributes attributes = TRY(AttributesOfSecret(spec, impl.policy));
  ServiceCall call(impl, {.operation = Operation::kEncapsulate, .key = &key});
  TRY(call.Begin());
  TRY(call.BeginKey());
  ossl::Encapsulation made = TRY(call.Examine(ossl::Encapsulate(*key.pair())));
  KeyRef secret = TRY(EnterMaterial(impl, call, attributes, made.shared_secret.span()));
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  return Approved<EncapsulatedKey>{{std::move(made.ciphertext), std::move(secret)}, indicator};
}

Result<Approved<KeyRef>> DecapsulateKey(Module& module, Key& key, ByteSpan ciphertext,
                                        const KeySpec& spec) {
  Module::Impl& impl = module.impl();
  const KeyAttributes attributes = TRY(AttributesOfSecret(spec, impl.policy));
  ServiceCall call(impl, {.operation = Operation::kDecapsulate, .key = &key});
  TRY(call.Begin());
  TRY(call.BeginKey());
  const SecretBytes shared = TRY(call.Examine(ossl::Decapsulate(*key.pair(), ciphertext)));
  KeyRef secret = TRY(EnterMaterial(impl, call, attributes, shared.span()));
  TRY(call.CommitKey());
  const Indicator indicator = TRY(call.End());
  return Approved<KeyRef>{std::move(secret), indicator};
}

}  // namespace vallum::module
