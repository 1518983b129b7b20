// SPDX-License-Identifier: Apache-2.0
// What a Module is made of, and the frame that every service runs in. For the files of this folder.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "module/authorisation.h"
#include "module/boundary_files.h"
#include "module/cast.h"
#include "module/entropy.h"
#include "module/gate.h"
#include "module/kek.h"
#include "module/key.h"
#include "module/module.h"
#include "module/operator_book.h"
#include "ossl/context.h"
#include "ossl/indicator.h"
#include "ossl/selftest.h"

namespace vallum::module {

struct Module::Impl {
  Gate gate;
  std::shared_ptr<Entropy> entropy;
  ossl::ContextRef context;
  CastRunner casts{ModuleCasts()};
  std::unique_ptr<Kek> kek;  ///< set once, before the first state that serves
  Policy policy = Policy::kOnly;
  RoleModel roles = RoleModel::kImplicit;
  AuditSink audit;
  InstanceId instance{};
  OperatorBook operators;
  std::chrono::milliseconds drain_limit = kDrainLimit;
  std::chrono::milliseconds periodic_self_test{};
  ProviderProfile profile;
  std::filesystem::path provider_path;
  BoundaryFiles boundary_files;
  std::string provider_version;
  std::int64_t provider_load_microseconds = 0;
  std::int64_t start_microseconds = 0;

  mutable std::mutex mutex;  ///< guards what follows
  std::optional<ErrorCause> cause;
  std::optional<ErrorCause> soft_cause;
  std::uint64_t soft_errors = 0;
  std::vector<SelfTestResult> self_tests;
  TimePoint self_tests_ended;
  std::chrono::steady_clock::time_point last_self_test;
  IntegrityStatus integrity;
  std::vector<ConditionalTestCount> conditional_tests;
  std::optional<ZeroiseReport> last_zeroisation;

  std::mutex control;  ///< one self-test, unsealing or shutdown at a time

  /// Fail enters the hard error state; the first cause is kept. `test` names the self-test that
  /// failed, if one did.
  void Fail(const Error& cause, std::string test = {});
  /// Examine is called with every failure of a service: when the provider has entered its error
  /// state, so does the module, and the error says so. A failure of the random bit generator leads
  /// through the soft error state.
  Error Examine(Error error);
  /// Recover is for failures that may pass (soft_error.cc): it enters the soft error state, where
  /// nothing leaves, and calls `again` up to three times. One success leads back to where the module
  /// was; otherwise the hard error follows, with `cause`. The caller's own result is lost either way.
  void Recover(const Error& cause, const std::function<Status()>& again);
  /// RequireCast runs the module's own self-test before the first use of what it tests, in
  /// State::kConditionalTest of the service that holds `pass`. Its failure is a hard error.
  Status RequireCast(Cast cast, Gate::Pass& pass);
  /// SelfTests are the results of the provider, the integrity test and the module's own.
  std::vector<SelfTestResult> SelfTests() const;
  ErrorCause CauseOf(const Error& error, std::string test) const;
  /// KeepConditionalTests adds the events of one service to the counts in status.
  void KeepConditionalTests(const ossl::SelfTestLog& log);
  void KeepSelfTests(const ossl::SelfTestLog& log);
  /// StartEntropy makes the source and begins its start-up test, where that takes long on a thread that
  /// it returns; whoever needs a seed waits for it. This and what follows: module_entropy.cc.
  Result<std::jthread> StartEntropy(EntropySource source);
  /// TestEntropy runs the start-up test on demand and adds its result to the self-tests.
  Status TestEntropy();
  /// NoteEntropyTest adds the last result.
  void NoteEntropyTest();
  /// BlameEntropy is `error`, or the failure of the source that led to it.
  Error BlameEntropy(Error error) const;
  EntropyStatus EntropyFigures() const;
};

/// ZeroiseAtShutdown wipes everything; the gate is closed for good and nobody is inside.
void ZeroiseAtShutdown(Module::Impl& impl);

/// What a service does with what.
struct Request {
  Operation operation;
  const Key* key = nullptr;
  Scheme scheme = Scheme::kDefault;
  std::optional<Management> service = std::nullopt;  ///< whose role counts, if not the operation's
};

/// KeyTestWatch moves a service that is entering a key through State::kConditionalTest whenever the
/// provider runs a test on this thread.
class KeyTestWatch {
 public:
  KeyTestWatch(Module::Impl& impl, Gate::Pass& pass)
      : impl_(impl), log_([this, &pass](bool running) { Follow(pass, running); }) {}
  ~KeyTestWatch() { impl_.KeepConditionalTests(log_); }
  KeyTestWatch(const KeyTestWatch&) = delete;
  KeyTestWatch& operator=(const KeyTestWatch&) = delete;

 private:
  void Follow(Gate::Pass& pass, bool running);
  Module::Impl& impl_;
  bool moved_ = false;
  ossl::SelfTestLog log_;
};

/// ServiceCall is the frame of one service: gate, usage, table, policy, provider's indicator, gate.
///
///   ServiceCall call(*impl_, {.operation = Operation::kSign, .key = &key});
///   TRY(call.Begin());
///   Bytes signature = TRY(call.Examine(ossl::SignMessage(*key.pair(), message)));
///   const Indicator indicator = TRY(call.End());  // not in the braces: GCC 12 would leak the signature
///   return Approved<Bytes>{std::move(signature), indicator};
class ServiceCall {
 public:
  ServiceCall(Module::Impl& impl, const Request& request, StateSet allowed = kServing)
      : impl_(impl),
        record_(request.service ? ServiceRecord(impl, *request.service)
                                : ServiceRecord(impl, request.operation)),
        request_(request),
        allowed_(allowed) {}

  Status Begin();
  /// Concern names the key that the service makes, for the audit.
  void Concern(const KeyId& key) { record_.Concern(key); }
  /// Require runs the module's own self-test of what the service is about to use, unless it has passed.
  Status Require(Cast cast) { return impl_.RequireCast(cast, pass_); }
  /// BeginKey enters State::kSspEntry: from here on the service has a key that nobody may see yet.
  /// While the provider tests it, the service is in State::kConditionalTest. Once is enough.
  Status BeginKey();
  /// CheckingKey is for validation by the module: State::kConditionalTest until the check is over.
  Status CheckingKey() { return pass_.MoveTo(State::kConditionalTest); }
  Status KeyChecked() { return pass_.MoveTo(State::kSspEntry); }
  /// Mark tells a new key that its service was not approved, before its blob is sealed.
  void Mark(Key& made) const;
  /// CommitKey ends the entry; a service that failed before must not call it.
  Status CommitKey() { return pass_.MoveHome(); }
  /// Object adds a reason against approval; kNotApproved when policy refuses it.
  Status Object(Reason reason);
  /// EndPart ends one step of a service of several: it passes the gate, decides and counts nothing,
  /// and returns the reasons so far. Resume takes them over in the next step.
  Result<std::uint32_t> EndPart();
  Status Resume(std::uint32_t reasons);
  /// End decides the indicator and passes the gate; without its success nothing may leave.
  Result<Indicator> End();

  template <typename T>
  [[gnu::always_inline]] Result<T> Examine(Result<T> result) {
    if (result) [[likely]] {
      return result;
    }
    return impl_.Examine(std::move(result).error());
  }

  /// The scheme that runs: that of the request, or the key's default.
  Scheme scheme() const { return service_->scheme; }

 private:
  Status CheckKey(const Key& key);
  Status ApplyPolicy() const;

  Module::Impl& impl_;
  ServiceRecord record_;  // first, so that it reports after the gate was left
  Request request_;
  StateSet allowed_;
  ossl::IndicatorWatch watch_;
  Gate::Pass pass_;
  std::optional<KeyTestWatch> key_tests_;
  const Service* service_ = nullptr;
  std::uint32_t reasons_ = 0;
};

}  // namespace vallum::module
