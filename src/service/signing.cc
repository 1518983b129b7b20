// SPDX-License-Identifier: Apache-2.0
// Signatures and message authentication codes under a named key.
#include "service/service_impl.h"

namespace vallum::service {
namespace {

using policy::Action;

// kDefault is what the key's algorithm recommends; the record and the reply name it.
module::Scheme Resolve(Call& call, const UsableKey& key, module::Scheme scheme) {
  if (scheme == module::Scheme::kDefault) scheme = key.key->default_scheme();
  if (scheme != module::Scheme::kDefault) call.record().scheme = module::Name(scheme);
  return scheme;
}

Status RefuseDigest(const SignInput& input) {
  if (!input.is_digest) return {};
  return InvalidArgument("a MAC is made of the message itself; send the message, not a digest");
}

Result<Approved<Signed>> SignItem(module::Module& module, const UsableKey& key,
                                  module::Scheme scheme, const SignInput& input) {
  auto made = TRY(input.is_digest ? module.SignDigest(key.handle(), scheme, input.data)
                                  : module.Sign(key.handle(), scheme, input.data));
  return Approved<Signed>{{std::move(made.value), key.version, scheme}, made.indicator};
}

Result<Approved<Service::Verified>> VerifyItemOf(module::Module& module, const UsableKey& key,
                                                 module::Scheme scheme,
                                                 const Service::VerifyItem& item) {
  const Indicator indicator =
      TRY(item.input.is_digest
              ? module.VerifyDigest(key.handle(), scheme, item.input.data, item.signature)
              : module.Verify(key.handle(), scheme, item.input.data, item.signature));
  return Approved<Service::Verified>{{}, indicator};
}

Result<Approved<Signed>> MacItem(module::Module& module, const UsableKey& key, ByteSpan message) {
  auto made = TRY(module.Mac(key.handle(), message));
  return Approved<Signed>{{std::move(made.value), key.version, module::Scheme::kDefault},
                          made.indicator};
}

Result<Approved<Service::Verified>> VerifyMacItem(module::Module& module, const UsableKey& key,
                                                  const Service::VerifyItem& item) {
  TRY(RefuseDigest(item.input));
  const Indicator indicator = TRY(module.VerifyMac(key.handle(), item.input.data, item.signature));
  return Approved<Service::Verified>{{}, indicator};
}

Result<Service::Batch<Signed>> SignAll(Core& core, Call& call, const KeyUse& use,
                                       module::Scheme scheme, std::span<const SignInput> items) {
  const UsableKey key = TRY(call.UseKey(use, module::Usage::kSign));
  TRY(CheckBatch(items.size()));
  scheme = Resolve(call, key, scheme);
  Service::Batch<Signed> batch;
  batch.reserve(items.size());
  for (const auto& item : items) batch.push_back(SignItem(core.module, key, scheme, item));
  return batch;
}

Result<Service::Batch<Service::Verified>> VerifyAll(Core& core, Call& call, const KeyUse& use,
                                                    module::Scheme scheme,
                                                    std::span<const Service::VerifyItem> items) {
  const UsableKey key = TRY(call.UseKey(use, module::Usage::kVerify));
  TRY(CheckBatch(items.size()));
  scheme = Resolve(call, key, scheme);
  Service::Batch<Service::Verified> batch;
  batch.reserve(items.size());
  for (const auto& item : items) batch.push_back(VerifyItemOf(core.module, key, scheme, item));
  return batch;
}

Result<Service::Batch<Signed>> MacAll(Core& core, Call& call, const KeyUse& use,
                                      std::span<const ByteSpan> messages) {
  const UsableKey key = TRY(call.UseKey(use, module::Usage::kMac));
  TRY(CheckBatch(messages.size()));
  Service::Batch<Signed> batch;
  batch.reserve(messages.size());
  for (const ByteSpan message : messages) batch.push_back(MacItem(core.module, key, message));
  return batch;
}

Result<Service::Batch<Service::Verified>> VerifyMacAll(Core& core, Call& call, const KeyUse& use,
                                                       std::span<const Service::VerifyItem> items) {
  const UsableKey key = TRY(call.UseKey(use, module::Usage::kVerifyMac));
  TRY(CheckBatch(items.size()));
  Service::Batch<Service::Verified> batch;
  batch.reserve(items.size());
  for (const auto& item : items) batch.push_back(VerifyMacItem(core.module, key, item));
  return batch;
}

}  // namespace

bool ServiceImpl::SignsForLong(std::string_view name) {
  const LoadedKeyRef key = core_.keys.Find(name);
  return key == nullptr || module::Name(key->info().algorithm).starts_with("slh-dsa");
}

Result<Service::Batch<Signed>> ServiceImpl::Sign(const Caller& caller, const KeyUse& use,
                                                 module::Scheme scheme,
                                                 std::span<const SignInput> items) {
  Call call(core_, caller, Action::kSign, items.size());
  return call.Finish(SignAll(core_, call, use, scheme, items));
}

Result<Service::Batch<Service::Verified>> ServiceImpl::Verify(const Caller& caller,
                                                              const KeyUse& use,
                                                              module::Scheme scheme,
                                                              std::span<const VerifyItem> items) {
  Call call(core_, caller, Action::kVerify, items.size());
  return call.Finish(VerifyAll(core_, call, use, scheme, items));
}

Result<Service::Batch<Signed>> ServiceImpl::Mac(const Caller& caller, const KeyUse& use,
                                                std::span<const ByteSpan> messages) {
  Call call(core_, caller, Action::kMac, messages.size());
  return call.Finish(MacAll(core_, call, use, messages));
}

Result<Service::Batch<Service::Verified>> ServiceImpl::VerifyMac(
    const Caller& caller, const KeyUse& use, std::span<const VerifyItem> items) {
  Call call(core_, caller, Action::kVerifyMac, items.size());
  return call.Finish(VerifyMacAll(core_, call, use, items));
}

}  // namespace vallum::service
