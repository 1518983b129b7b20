// SPDX-License-Identifier: Apache-2.0
// Message authentication: HMAC (FIPS 198-1), CMAC (SP 800-38B), KMAC (SP 800-185).
#include <fmt/format.h>

#include "module/impl.h"
#include "module/mac_rules.h"

namespace vallum::module {
namespace {

Result<Bytes> Compute(ossl::MacKey& mac, const MacPlan& plan, ByteSpan message) {
  Bytes out(plan.made);
  TRY(mac.Compute({plan.customization, plan.made}, message, out));
  out.resize(plan.size);
  return out;
}

}  // namespace

Result<MacPlan> PlanMac(ServiceCall& call, const Key& key, const ossl::MacKey& mac,
                        const MacParameters& parameters) {
  const bool kmac = key.facts().family == Family::kKmac;
  if (!kmac && !parameters.customization.empty()) {
    return InvalidArgument("only KMAC takes a customisation string");
  }
  if (parameters.customization.size() > kLargestCustomization) {
    return InvalidArgument("a customisation string has at most 512 bytes");
  }
  const std::size_t size = parameters.size == 0 ? mac.size() : parameters.size;
  const std::size_t largest = kmac ? kLargestKmac : mac.size();
  if (size < kLeastMac || size > largest) {
    return InvalidArgument(fmt::format("a MAC of {} has {} to {} bytes, not {}", key.facts().name,
                                       kLeastMac, largest, size));
  }
  if (size < LeastApprovedMac(key.facts().family)) TRY(call.Object(Reason::kWeakParameters));
  return MacPlan{parameters.customization, kmac ? size : mac.size(), size};
}

Result<Approved<Bytes>> Module::Mac(Key& key, ByteSpan message) {
  return MacWith(key, {}, message);
}

Result<Indicator> Module::VerifyMac(Key& key, ByteSpan message, ByteSpan mac) {
  return VerifyMacWith(key, {}, message, mac);
}

Result<Approved<Bytes>> Module::MacWith(Key& key, const MacParameters& parameters,
                                        ByteSpan message) {
  ServiceCall call(*impl_,
                   {.operation = Operation::kMac, .key = &key, .scheme = parameters.scheme});
  TRY(call.Begin());
  ossl::MacKey* native = TRY(call.Examine(key.Mac()));
  const MacPlan plan = TRY(PlanMac(call, key, *native, parameters));
  Bytes mac = TRY(call.Examine(Compute(*native, plan, message)));
  const Indicator indicator = TRY(call.End());
  return Approved<Bytes>{std::move(mac), indicator};
}

Result<Indicator> Module::VerifyMacWith(Key& key, const MacParameters& parameters, ByteSpan message,
                                        ByteSpan mac) {
  ServiceCall call(*impl_,
                   {.operation = Operation::kVerifyMac, .key = &key, .scheme = parameters.scheme});
  TRY(call.Begin());
  ossl::MacKey* native = TRY(call.Examine(key.Mac()));
  const MacPlan plan = TRY(PlanMac(call, key, *native, parameters));
  const Bytes right = TRY(call.Examine(Compute(*native, plan, message)));
  if (!ConstantTimeEqual(right, mac)) {
    return Error(Code::kVerifyFailed, "the MAC does not match the message or the key");
  }
  return call.End();
}

}  // namespace vallum::module
