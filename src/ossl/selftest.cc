// SPDX-License-Identifier: Apache-2.0
#include "ossl/selftest.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/self_test.h>

#include <algorithm>
#include <chrono>

namespace vallum::ossl {
namespace {

using Stopwatch = std::chrono::steady_clock;

thread_local SelfTestLog* current_log = nullptr;
thread_local Stopwatch::time_point test_start;

std::string_view Text(const OSSL_PARAM* params, const char* key) {
  const char* value = nullptr;
  const OSSL_PARAM* param = OSSL_PARAM_locate_const(params, key);
  if (param == nullptr || OSSL_PARAM_get_utf8_string_ptr(param, &value) != 1) return "";
  return value;
}

int OnEvent(const OSSL_PARAM* params, void* watch) {
  constexpr int kContinue = 1;
  const std::string_view phase = Text(params, OSSL_PROV_PARAM_SELF_TEST_PHASE);
  if (phase == OSSL_SELF_TEST_PHASE_START) {
    for (SelfTestLog* log = current_log; log != nullptr; log = log->outer()) log->Begin();
    test_start = Stopwatch::now();
    return kContinue;
  }
  const bool passed = phase == OSSL_SELF_TEST_PHASE_PASS;
  if (!passed && phase != OSSL_SELF_TEST_PHASE_FAIL) return kContinue;
  std::string name(Text(params, OSSL_PROV_PARAM_SELF_TEST_TYPE));
  name.append("/").append(Text(params, OSSL_PROV_PARAM_SELF_TEST_DESC));
  if (!passed) static_cast<SelfTestWatch*>(watch)->Remember(name);
  const auto taken = Stopwatch::now() - test_start;
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(taken).count();
  for (SelfTestLog* log = current_log; log != nullptr; log = log->outer()) {
    log->Add({name, passed, microseconds});
  }
  return kContinue;
}

bool IsOfType(const SelfTestEvent& event, std::string_view type) {
  return event.name.size() > type.size() && event.name.starts_with(type) &&
         event.name[type.size()] == '/';
}

}  // namespace

SelfTestLog::SelfTestLog(std::function<void(bool)> on_change)
    : on_change_(std::move(on_change)), outer_(current_log) {
  current_log = this;
}

SelfTestLog::~SelfTestLog() { current_log = outer_; }

void SelfTestLog::Begin() const {
  if (on_change_) on_change_(true);
}

void SelfTestLog::Add(SelfTestEvent event) {
  events_.push_back(std::move(event));
  if (on_change_) on_change_(false);
}

bool SelfTestLog::HasPassed(std::string_view type) const {
  bool seen = false;
  for (const SelfTestEvent& event : events_) {
    if (!IsOfType(event, type)) continue;
    if (!event.passed) return false;
    seen = true;
  }
  return seen;
}

std::string SelfTestLog::FirstFailure() const {
  const auto failed = std::ranges::find(events_, false, &SelfTestEvent::passed);
  return failed == events_.end() ? std::string() : failed->name;
}

void SelfTestWatch::Attach(ossl_lib_ctx_st* context) {
  OSSL_SELF_TEST_set_callback(context, OnEvent, this);
}

std::string SelfTestWatch::FirstFailure() const {
  const std::lock_guard lock(mutex_);
  return first_failure_;
}

void SelfTestWatch::Remember(const std::string& failed) {
  const std::lock_guard lock(mutex_);
  if (first_failure_.empty()) first_failure_ = failed;
}

}  // namespace vallum::ossl
