// SPDX-License-Identifier: Apache-2.0
#include "module/impl.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vallum::module {

void Module::Impl::Fail(const Error& cause) {
  {
    const std::lock_guard lock(mutex);
    if (first_error.empty()) first_error = cause.message();
  }
  gate.Fail();
}

Error Module::Impl::Examine(Error error) {
  if (context->ProviderRunning()) return error;
  Fail(error);
  return {Code::kSelfTestFailed,
          fmt::format("the FIPS provider is in its error state ({}); restart to test it again",
                      error.message())};
}

void Module::Impl::KeepSelfTests(const ossl::SelfTestLog& log) {
  const std::lock_guard lock(mutex);
  self_tests.clear();
  for (const ossl::SelfTestEvent& event : log.events()) {
    self_tests.push_back({event.name, event.passed, event.microseconds});
  }
}

Status ServiceCall::Begin() {
  pass_ = TRY(impl_.gate.Enter(allowed_));
  if (request_.key != nullptr) TRY(CheckKey(*request_.key));
  return ApplyPolicy();
}

Status ServiceCall::CheckKey(const Key& key) {
  const KeyAttributes& attributes = key.attributes();
  service_ = FindService(key.facts(), request_.operation, request_.scheme);
  if (service_ == nullptr) {
    return Unsupported(fmt::format("{} with scheme {} is not offered for a key of {}",
                                   Name(request_.operation), Name(request_.scheme),
                                   key.facts().name));
  }
  if (!UsageOf(request_.operation).IsSubsetOf(attributes.usages)) {
    return Error(Code::kKeyUsage,
                 fmt::format("the key may not {}; its usages are {}", Name(request_.operation),
                             fmt::join(UsageNames(attributes.usages), ", ")));
  }
  if (key.bits() < service_->least_key_bits)
    reasons_ |= static_cast<std::uint32_t>(Reason::kShortKey);
  if (impl_.policy == Policy::kOnly && attributes.made_under != Policy::kOnly) {
    reasons_ |= static_cast<std::uint32_t>(Reason::kKeyMadeNotApproved);
  }
  return {};
}

Status ServiceCall::Object(Reason reason) {
  reasons_ |= static_cast<std::uint32_t>(reason);
  return ApplyPolicy();
}

Status ServiceCall::ApplyPolicy() const {
  if (reasons_ == 0 || impl_.policy != Policy::kOnly) return {};
  return Error(Code::kNotApproved,
               fmt::format("{} is not an approved service here ({}) and policy is \"only\"",
                           Name(request_.operation), fmt::join(ReasonNames(reasons_), ", ")));
}

Result<Indicator> ServiceCall::End() {
  if (watch_.objected()) TRY(Object(Reason::kProviderIndicator));
  TRY(impl_.gate.Commit(std::move(pass_)));
  const Indicator indicator{reasons_ == 0 ? Approval::kApproved : Approval::kNotApproved, reasons_};
  impl_.gate.Count(indicator.approved());
  return indicator;
}

}  // namespace vallum::module
