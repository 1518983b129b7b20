// SPDX-License-Identifier: Apache-2.0
// What a Module is made of, and the frame that every service runs in. For the files of this folder.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "module/gate.h"
#include "module/kek.h"
#include "module/key.h"
#include "module/module.h"
#include "ossl/context.h"
#include "ossl/indicator.h"
#include "ossl/selftest.h"

namespace vallum::module {

struct Module::Impl {
  Gate gate;
  ossl::ContextRef context;
  std::unique_ptr<Kek> kek;  ///< set once, before the first state that serves
  Policy policy = Policy::kOnly;
  std::chrono::milliseconds drain_limit = kDrainLimit;
  ProviderProfile profile;
  std::filesystem::path provider_path;
  std::string provider_version;
  std::int64_t provider_load_microseconds = 0;

  mutable std::mutex mutex;  ///< guards what follows
  std::string first_error;
  std::vector<SelfTestResult> self_tests;
  IntegrityStatus integrity;

  std::mutex control;  ///< one self-test, unsealing or shutdown at a time

  /// Fail enters the error state; the first cause is kept.
  void Fail(const Error& cause);
  /// Examine is called with every failure of a service: when the provider has entered its error
  /// state, so does the module, and the error says so.
  Error Examine(Error error);
  void KeepSelfTests(const ossl::SelfTestLog& log);
};

/// What a service does with what.
struct Request {
  Operation operation;
  const Key* key = nullptr;
  Scheme scheme = Scheme::kDefault;
};

/// ServiceCall is the frame of one service: gate, usage, table, policy, provider's indicator, gate.
///
///   ServiceCall call(*impl_, {.operation = Operation::kMac, .key = &key});
///   TRY(call.Begin());
///   auto mac = TRY(call.Examine(key.hmac()->Compute(message)));
///   return Approved<Bytes>{mac, TRY(call.End())};
class ServiceCall {
 public:
  ServiceCall(Module::Impl& impl, const Request& request, StateSet allowed = kServing)
      : impl_(impl), request_(request), allowed_(allowed) {}

  Status Begin();
  /// Object adds a reason against approval; kNotApproved when policy refuses it.
  Status Object(Reason reason);
  /// End decides the indicator and passes the gate; without its success nothing may leave.
  Result<Indicator> End();

  template <typename T>
  Result<T> Examine(Result<T> result) {
    if (result) return result;
    return impl_.Examine(std::move(result).error());
  }

  /// The scheme that runs: that of the request, or the key's default.
  Scheme scheme() const { return service_->scheme; }

 private:
  Status CheckKey(const Key& key);
  Status ApplyPolicy() const;

  Module::Impl& impl_;
  Request request_;
  StateSet allowed_;
  ossl::IndicatorWatch watch_;
  Gate::Pass pass_;
  const Service* service_ = nullptr;
  std::uint32_t reasons_ = 0;
};

}  // namespace vallum::module
