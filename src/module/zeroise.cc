// SPDX-License-Identifier: Apache-2.0
// Requirement: zeroise-scan
// The gate is closed and nobody is inside while anything is wiped, so no service can be using it, and no
// result leaves (ISO/IEC 19790:2012, 7.3.3).
#include "module/zeroise.h"

#include "module/authentication.h"
#include "module/impl.h"
#include "module/key_registry.h"
#include "ossl/random.h"

namespace vallum::module {
namespace {

class Zeroisation {
 public:
  explicit Zeroisation(Module::Impl& impl) : impl_(impl) { report_.started = SystemClock().Now(); }

  // Close lets nobody in and waits until nobody is inside; Reopen undoes it, unless the module failed
  // meanwhile.
  Status Close() {
    home_ = impl_.gate.state();
    return impl_.gate.CloseAndDrain(State::kZeroising, impl_.drain_limit);
  }
  void Reopen() {
    if (!impl_.gate.Move(State::kZeroising, home_)) impl_.gate.Fail();
  }

  void WipeObject(Zeroisable& object) {
    ++report_.objects;
    if (!object.Zeroise(ledger_)) ++report_.lent;
  }

  void Count(std::uint64_t objects) { report_.objects += objects; }

  void WipeEverything() {
    const ZeroisedObjects done = KeyRegistry::ZeroiseAll(ledger_);
    report_.objects += done.objects + (impl_.kek != nullptr ? 1 : 0);
    report_.lent += done.lent;
    impl_.kek.reset();
    impl_.operators.Clear();
    if (impl_.context != nullptr) ossl::UninstantiateRandom(*impl_.context);
  }

  // Finish makes the report, unless memory was not wiped: then the module fails.
  Result<ZeroiseReport> Finish() {
    report_.bytes = ledger_.bytes();
    report_.verified = ledger_.verified() && report_.lent == 0;
    report_.finished = SystemClock().Now();
    if (!ledger_.verified()) {
      const Error cause = Internal("memory did not read back as zero after zeroisation");
      impl_.Fail(cause);
      return cause;
    }
    const std::lock_guard lock(impl_.mutex);
    impl_.last_zeroisation = report_;
    return report_;
  }

 private:
  Module::Impl& impl_;
  WipeLedger ledger_;
  ZeroiseReport report_;
  State home_ = State::kPowerOff;
};

}  // namespace

Result<ZeroiseReport> ZeroiseKey(Module& module, Key& key) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kZeroiseKey);
  record.Concern(key.attributes().id);
  const std::lock_guard lock(impl.control);
  TRY(record.Authorise());
  TRY(key.CheckLive());
  Zeroisation zeroisation(impl);
  if (Status closed = zeroisation.Close(); !closed) {
    if (closed.error().code() == Code::kTimeout) zeroisation.Reopen();
    return std::move(closed).error().WithContext("the key was not zeroised");
  }
  zeroisation.WipeObject(key);
  Result<ZeroiseReport> report = zeroisation.Finish();
  zeroisation.Reopen();
  if (report) record.Succeed();
  return report;
}

Result<ZeroiseReport> ZeroiseAll(Module& module) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kZeroiseAll);
  const std::lock_guard lock(impl.control);
  TRY(record.Authorise());
  Zeroisation zeroisation(impl);
  if (Status closed = zeroisation.Close(); !closed) {
    if (closed.error().code() == Code::kTimeout) impl.Fail(closed.error());
    return std::move(closed).error().WithContext("nothing was zeroised; end the process");
  }
  zeroisation.WipeEverything();
  Result<ZeroiseReport> report = zeroisation.Finish();
  if (!impl.gate.Move(State::kZeroising, State::kUninitialised)) impl.gate.Fail();
  if (report) record.Succeed();
  return report;
}

Result<ZeroiseReport> EndSession(Module& module, const SessionRef& session) {
  Module::Impl& impl = module.impl();
  ServiceRecord record(impl, Management::kEndSession);
  const std::lock_guard lock(impl.control);
  TRY(record.Authorise());
  const Session* acting = OperatorScope::Current();
  if (impl.roles == RoleModel::kAuthenticated && acting != session.get() &&
      acting->role() != Role::kCryptoOfficer) {
    return PermissionDenied("only a crypto-officer ends somebody else's session");
  }
  session->End();
  const std::vector<KeyRef> keys = session->TakeKeys();
  Zeroisation zeroisation(impl);
  TRY(zeroisation.Close());
  for (const KeyRef& key : keys) {
    if (!key->zeroised()) zeroisation.WipeObject(*key);
  }
  zeroisation.Count(1);
  Result<ZeroiseReport> report = zeroisation.Finish();
  zeroisation.Reopen();
  if (report) record.Succeed();
  return report;
}

void ZeroiseAtShutdown(Module::Impl& impl) {
  Zeroisation zeroisation(impl);
  zeroisation.WipeEverything();
  (void)zeroisation.Finish();
}

}  // namespace vallum::module
