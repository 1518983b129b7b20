// SPDX-License-Identifier: Apache-2.0
// Keys on their way: wrapping one key under another, and key encapsulation.
#include "service/service_impl.h"

namespace vallum::service {
namespace {

using policy::Action;

// What leaves must be worth having: a version in use, or one that data may still need.
Status CheckMayLeave(const KeyInfo& info, const KeyVersionInfo& version) {
  if (version.state == KeyState::kActive || version.state == KeyState::kDeactivated) return {};
  return Error(Code::kKeyState, "version " + std::to_string(version.version) + " of key \"" +
                                    info.name + "\" is " + std::string(Name(version.state)) +
                                    "; only active and deactivated ones are wrapped");
}

Result<Approved<Wrapped>> WrapTarget(Core& core, Call& call, const KeyUse& wrapping,
                                     const KeyUse& target) {
  const UsableKey wrapper = TRY(call.UseKey(wrapping, module::Usage::kWrap));
  const LoadedKeyRef key = TRY(call.FindOther(target.name, Action::kWrap));
  const KeyVersionInfo& version = *TRY(key->Version(target.version));
  call.RecordDetail("wrapped " + target.name + "/" + std::to_string(version.version));
  TRY(CheckMayLeave(key->info(), version));
  OpenVersion* open = TRY(key->Open(core.module, version.version));
  auto wrapped = TRY(core.module.WrapKey(wrapper.handle(), *open->key));
  return Approved<Wrapped>{{std::move(wrapped.value), wrapper.version}, wrapped.indicator};
}

Result<Approved<EncapsulatedKey>> EncapsulateTo(Core& core, Call& call, const KeyUse& use) {
  const UsableKey key = TRY(call.UseKey(use, module::Usage::kEncapsulate));
  auto made = TRY(core.module.Encapsulate(key.handle()));
  return Approved<EncapsulatedKey>{
      {std::move(made.value.ciphertext), std::move(made.value.shared_secret), key.version},
      made.indicator};
}

Result<Approved<SecretBytes>> DecapsulateFrom(Core& core, Call& call, const KeyUse& use,
                                              ByteSpan ciphertext) {
  const UsableKey key = TRY(call.UseKey(use, module::Usage::kDecapsulate));
  return core.module.Decapsulate(key.handle(), ciphertext);
}

}  // namespace

Result<Approved<Wrapped>> ServiceImpl::Wrap(const Caller& caller, const KeyUse& wrapping,
                                            const KeyUse& target) {
  Call call(core_, caller, Action::kWrap);
  return call.Finish(WrapTarget(core_, call, wrapping, target));
}

Result<Approved<EncapsulatedKey>> ServiceImpl::Encapsulate(const Caller& caller,
                                                           const KeyUse& use) {
  Call call(core_, caller, Action::kEncapsulate);
  return call.Finish(EncapsulateTo(core_, call, use));
}

Result<Approved<SecretBytes>> ServiceImpl::Decapsulate(const Caller& caller, const KeyUse& use,
                                                       ByteSpan ciphertext) {
  Call call(core_, caller, Action::kDecapsulate);
  return call.Finish(DecapsulateFrom(core_, call, use, ciphertext));
}

}  // namespace vallum::service
