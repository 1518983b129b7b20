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

int OnEvent(const OSSL_PARAM* params, void*) {
  constexpr int kContinue = 1;
  const std::string_view phase = Text(params, OSSL_PROV_PARAM_SELF_TEST_PHASE);
  if (phase == OSSL_SELF_TEST_PHASE_START) {
    test_start = Stopwatch::now();
    return kContinue;
  }
  const bool passed = phase == OSSL_SELF_TEST_PHASE_PASS;
  if (!passed && phase != OSSL_SELF_TEST_PHASE_FAIL) return kContinue;
  std::string name(Text(params, OSSL_PROV_PARAM_SELF_TEST_TYPE));
  name.append("/").append(Text(params, OSSL_PROV_PARAM_SELF_TEST_DESC));
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

SelfTestLog::SelfTestLog() : outer_(current_log) { current_log = this; }
SelfTestLog::~SelfTestLog() { current_log = outer_; }

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

void WatchSelfTests(ossl_lib_ctx_st* context) {
  OSSL_SELF_TEST_set_callback(context, OnEvent, nullptr);
}

}  // namespace vallum::ossl
