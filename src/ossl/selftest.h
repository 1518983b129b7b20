// SPDX-License-Identifier: Apache-2.0
// The provider's self-test events: what was tested, whether it passed, how long it took.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
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
  /// `on_change` is called when a test begins (true) and when it ends (false).
  explicit SelfTestLog(std::function<void(bool)> on_change = {});
  ~SelfTestLog();
  SelfTestLog(const SelfTestLog&) = delete;
  SelfTestLog& operator=(const SelfTestLog&) = delete;

  const std::vector<SelfTestEvent>& events() const { return events_; }
  /// HasPassed tells whether a test of this type passed and none of it failed.
  bool HasPassed(std::string_view type) const;
  /// FirstFailure names the first test that failed, or is empty.
  std::string FirstFailure() const;

  SelfTestLog* outer() const { return outer_; }
  void Begin() const;
  void Add(SelfTestEvent event);

 private:
  std::function<void(bool)> on_change_;
  std::vector<SelfTestEvent> events_;
  SelfTestLog* outer_;
};

/// SelfTestWatch routes a library context's events to the SelfTestLog of the thread they occur on,
/// and remembers the first failure: it is known before the provider enters its error state, so
/// before any thread can meet a consequence of it. Thread-safe; outlives the context's provider.
class SelfTestWatch {
 public:
  /// Attach begins to watch; call it before the provider is loaded.
  void Attach(ossl_lib_ctx_st* context);
  /// FirstFailure names the first test that ever failed in this context, or is empty.
  std::string FirstFailure() const;
  void Remember(const std::string& failed);

 private:
  mutable std::mutex mutex_;
  std::string first_failure_;
};

}  // namespace vallum::ossl
