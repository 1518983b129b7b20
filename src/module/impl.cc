// SPDX-License-Identifier: Apache-2.0
#include "module/impl.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "ossl/error.h"
#include "ossl/random.h"

namespace vallum::module {
namespace {

void RecoverEntropy(Module::Impl& impl, const Error& cause) {
  impl.Recover(cause, [&impl]() -> Status {
    std::array<std::uint8_t, 32> probe;
    return ossl::Random(*impl.context, probe);
  });
}

}  // namespace

ErrorCause Module::Impl::CauseOf(const Error& error, std::string test) const {
  return {.code = error.code(),
          .test = std::move(test),
          .message = error.message(),
          .provider_error = ossl::LastProviderError(),
          .time = SystemClock().Now()};
}

// Requirement: first-cause
void Module::Impl::Fail(const Error& error, std::string test) {
  if (test.empty() && context != nullptr) test = context->FirstFailedTest();
  {
    const std::lock_guard lock(mutex);
    if (!cause) cause = CauseOf(error, std::move(test));
  }
  gate.Fail();
}

Error Module::Impl::Examine(Error error) {
  if (context->ProviderRunning()) {
    if (error.code() == Code::kEntropy) RecoverEntropy(*this, error);
    return error;
  }
  const std::string failed = context->FirstFailedTest();
  if (failed.empty()) {
    Fail(error);
  } else {
    Fail({Code::kSelfTestFailed,
          fmt::format("the self-test {} failed: {}", failed, error.message())});
  }
  return {Code::kSelfTestFailed,
          fmt::format("the FIPS provider is in its error state ({}); restart to test it again",
                      error.message())};
}

void Module::Impl::KeepSelfTests(const ossl::SelfTestLog& log) {
  const std::lock_guard lock(mutex);
  self_tests.clear();
  self_tests_ended = SystemClock().Now();
  last_self_test = std::chrono::steady_clock::now();
  for (const ossl::SelfTestEvent& event : log.events()) {
    self_tests.push_back({event.name, event.passed, event.microseconds});
  }
}

Status Module::Impl::RequireCast(Cast cast, Gate::Pass& pass) {
  if (casts.Passed(cast)) return {};
  TRY(pass.MoveTo(State::kConditionalTest));
  if (Status tested = casts.Require(cast, context); !tested) {
    Fail(tested.error(), std::string(casts.NameOf(cast)));
    return tested;
  }
  return pass.MoveHome();
}

std::vector<SelfTestResult> Module::Impl::SelfTests() const {
  std::vector<SelfTestResult> all = casts.Results();
  const std::lock_guard lock(mutex);
  all.insert(all.begin(), self_tests.begin(), self_tests.end());
  return all;
}

void Module::Impl::KeepConditionalTests(const ossl::SelfTestLog& log) {
  if (log.events().empty()) return;
  const std::lock_guard lock(mutex);
  for (const ossl::SelfTestEvent& event : log.events()) {
    auto count = std::ranges::find(conditional_tests, event.name, &ConditionalTestCount::name);
    if (count == conditional_tests.end()) {
      count = conditional_tests.insert(count, {.name = event.name});
    }
    ++(event.passed ? count->passed : count->failed);
    count->last_microseconds = event.microseconds;
  }
}

Status ServiceCall::Begin() {
  TRY(impl_.gate.Enter(allowed_, pass_));
  TRY(record_.Authorise());
  if (request_.key != nullptr) TRY(CheckKey(*request_.key));
  return ApplyPolicy();
}

Status ServiceCall::BeginKey() {
  if (key_tests_) return {};
  TRY(pass_.MoveTo(State::kSspEntry));
  key_tests_.emplace(impl_, pass_);
  return {};
}

void KeyTestWatch::Follow(Gate::Pass& pass, bool running) {
  if (running && pass.state() == State::kSspEntry) {
    moved_ = pass.MoveTo(State::kConditionalTest).has_value();
  } else if (!running && std::exchange(moved_, false)) {
    (void)pass.MoveTo(State::kSspEntry);
  }
}

Status ServiceCall::CheckKey(const Key& key) {
  record_.Concern(key.attributes().id);
  TRY(key.CheckLive());
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
  if (!key.IsApprovedUnder(impl_.policy)) {
    reasons_ |= static_cast<std::uint32_t>(Reason::kKeyMadeNotApproved);
  }
  return {};
}

void ServiceCall::Mark(Key& made) const {
  if (reasons_ != 0 || watch_.objected()) made.MarkMadeNotApproved();
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

Result<std::uint32_t> ServiceCall::EndPart() {
  if (watch_.objected()) TRY(Object(Reason::kProviderIndicator));
  TRY(impl_.gate.Commit(std::move(pass_)));
  return reasons_;
}

Status ServiceCall::Resume(std::uint32_t reasons) {
  reasons_ |= reasons;
  return ApplyPolicy();
}

Result<Indicator> ServiceCall::End() {
  if (watch_.objected()) TRY(Object(Reason::kProviderIndicator));
  const Indicator indicator{reasons_ == 0 ? Approval::kApproved : Approval::kNotApproved, reasons_};
  TRY(impl_.gate.Commit(std::move(pass_),
                        indicator.approved() ? Tally::kApproved : Tally::kNotApproved));
  record_.Succeed();
  return indicator;
}

}  // namespace vallum::module
