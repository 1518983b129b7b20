// SPDX-License-Identifier: Apache-2.0
// The provider's self-test events: what was tested, whether it passed, how long it took.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

struct ossl_lib_ctx_st;

namespace vallum::ossl {

struct SelfTestEvent {
  std::string name;  ///< type and description: "KAT_Signature/ECDSA", "Conditional_PCT/RSA"
  bool passed = false;
  std::int64_t microseconds = 0;
};

/// SelfTestLog collects the events of this thread while it lives: the provider runs its tests on the
/// thread that loads it, asks for them, or generates a key pair. Logs nest, and each sees all of them.
class SelfTestLog {
 public:
  SelfTestLog();
  ~SelfTestLog();
  SelfTestLog(const SelfTestLog&) = delete;
  SelfTestLog& operator=(const SelfTestLog&) = delete;

  const std::vector<SelfTestEvent>& events() const { return events_; }
  /// HasPassed tells whether a test of this type passed and none of it failed.
  bool HasPassed(std::string_view type) const;
  /// FirstFailure names the first test that failed, or is empty.
  std::string FirstFailure() const;

  SelfTestLog* outer() const { return outer_; }
  void Add(SelfTestEvent event) { events_.push_back(std::move(event)); }

 private:
  std::vector<SelfTestEvent> events_;
  SelfTestLog* outer_;
};

/// WatchSelfTests routes a library context's events to the SelfTestLog of the thread they occur on.
/// Call it before the provider is loaded.
void WatchSelfTests(ossl_lib_ctx_st* context);

}  // namespace vallum::ossl
