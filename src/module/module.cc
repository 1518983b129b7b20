// SPDX-License-Identifier: Apache-2.0
// The life of the module: start, unseal, self-test on demand, shutdown.
#include "module/module.h"

#include <pthread.h>

#include <atomic>
#include <chrono>

#include "module/impl.h"
#include "module/integrity.h"
#include "module/provider_file.h"
#include "ossl/random.h"

namespace vallum::module {
namespace {

// The C runtime's fork handlers take no argument, so the one module of the process is found here.
std::atomic<Module::Impl*> the_module{nullptr};

// The child may start a module of its own; what it inherited stays closed.
void CloseInChild() {
  if (Module::Impl* impl = the_module.exchange(nullptr)) impl->gate.CloseInForkedChild();
}

Status ClaimProcess(Module::Impl* impl) {
  static const int registered = pthread_atfork(nullptr, nullptr, CloseInChild);
  if (registered != 0) return Internal("the fork handler cannot be registered");
  Module::Impl* none = nullptr;
  if (the_module.compare_exchange_strong(none, impl)) return {};
  return Error(Code::kModuleState, "this process has a cryptographic module already; share it");
}

// An unsealed build is for debuggers; it must not be mistaken for the module.
Status CheckSealedBuild(Policy policy) {
  if (kSealedBuild || policy != Policy::kOnly) return {};
  return Error(
      Code::kNotApproved,
      "this build has no integrity manifest (VALLUM_SEAL=OFF) and refuses policy \"only\"; "
      "use a sealed build, or policy \"on\" or \"log\" to debug this one");
}

Status TestBoundary(Module::Impl& impl, ossl::SelfTestLog& log) {
  std::vector<ossl::SelfTestEvent> steps;
  auto tested = TestIntegrity(impl.context, impl.provider_path, steps);
  for (ossl::SelfTestEvent& step : steps) log.Add(std::move(step));
  if (!tested) return std::move(tested).error();
  const std::lock_guard lock(impl.mutex);
  impl.integrity = *std::move(tested);
  return {};
}

// Requirement: startup
std::int64_t MicrosecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               begin)
      .count();
}

// The order is that of docs/decisions/0007-integrity.md.
Status LoadProvider(Module::Impl& impl, const ModuleConfig& config) {
  TRY(CheckSealedBuild(config.policy));
  const ProviderFile file = TRY(ProviderFile::Open(config.provider_path, config.profile));
  TRY(CheckForDamage());
  TRY(impl.gate.Move(State::kInit, State::kPreOperational));
  const std::jthread warming = TRY(impl.StartEntropy(config.entropy));
  const auto begin = std::chrono::steady_clock::now();
  ossl::SelfTestLog log;
  auto context = ossl::LibraryContext::Load({.provider = config.provider_path,
                                             .mac = config.profile.module_mac,
                                             .weak_input = config.policy == Policy::kOnly
                                                               ? ossl::WeakInput::kRefuse
                                                               : ossl::WeakInput::kFlag,
                                             .seed = impl.entropy});
  impl.KeepSelfTests(log);
  if (!context) {
    impl.NoteEntropyTest();
    const Error cause = impl.BlameEntropy(std::move(context).error());
    impl.Fail(cause, log.FirstFailure());
    return cause;
  }
  impl.context = *std::move(context);
  impl.provider_load_microseconds = MicrosecondsSince(begin);
  const Status intact = TestBoundary(impl, log);
  impl.KeepSelfTests(log);
  impl.NoteEntropyTest();
  if (!intact) {
    impl.Fail(intact.error(), log.FirstFailure());
    return intact.error();
  }
  impl.boundary_files.Remember(impl.integrity.objects);
  TRY(file.CheckLoaded(*impl.context, config.profile));
  impl.provider_version = TRY(impl.context->ProviderVersion());
  TRY(ossl::Random(*impl.context, impl.instance));
  return {};
}

// Hashing needs the provider, so it is left out where that may not be used.
void AddFileHashes(Module::Impl& impl, ModuleStatus& status) {
  if (!kTested.Has(status.state)) return;
  const std::vector<std::string> hashes = impl.boundary_files.Hashes(*impl.context);
  for (std::size_t i = 0; i < hashes.size() && i < status.integrity.objects.size(); ++i) {
    status.integrity.objects[i].file_sha256 = hashes[i];
  }
}

Status MakeOperational(Module::Impl& impl, Gate::Pass& pass, Result<std::unique_ptr<Kek>> kek) {
  if (!kek) return impl.Examine(std::move(kek).error());
  impl.kek = *std::move(kek);
  TRY(pass.MoveHome());
  return impl.gate.Move(State::kUninitialised, State::kOperational);
}

}  // namespace

Module::Module(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Module::~Module() {
  if (impl_ == nullptr) return;
  Shutdown();
  while (!impl_->gate.Drain(kDrainLimit)) {
  }
  if (impl_->entropy != nullptr) impl_->entropy->SetEvents({});
  Impl* self = impl_.get();
  the_module.compare_exchange_strong(self, nullptr);
}

Result<std::unique_ptr<Module>> Module::Start(const ModuleConfig& config) {
  auto owned = std::make_unique<Impl>();
  Impl& impl = *owned;
  TRY(ClaimProcess(&impl));
  std::unique_ptr<Module> module(new Module(std::move(owned)));
  // Requirement: policy-frozen
  impl.policy = config.policy;
  impl.roles = config.roles;
  impl.audit = config.audit;
  impl.drain_limit = config.drain_limit;
  impl.periodic_self_test = config.periodic_self_test;
  impl.profile = config.profile;
  impl.provider_path = config.provider_path;
  const auto begin = std::chrono::steady_clock::now();
  TRY(impl.gate.Move(State::kPowerOff, State::kInit));
  if (Status loaded = LoadProvider(impl, config); !loaded) {
    impl.Fail(loaded.error());
    return std::move(loaded).error();
  }
  impl.start_microseconds = MicrosecondsSince(begin);
  TRY(impl.gate.Move(State::kPreOperational, State::kUninitialised));
  return module;
}

State Module::state() const { return impl_->gate.state(); }

ModuleStatus Module::status() const {
  ModuleStatus status;
  status.state = impl_->gate.state();
  status.policy = impl_->policy;
  status.module_version = VALLUM_MODULE_VERSION;
  if (!kSealedBuild) status.module_version += "+unsealed";
  status.provider = impl_->profile;
  status.provider_version = impl_->provider_version;
  status.provider_load_microseconds = impl_->provider_load_microseconds;
  status.start_microseconds = impl_->start_microseconds;
  status.services_entering_keys = impl_->gate.inside(State::kSspEntry);
  status.services_testing = impl_->gate.inside(State::kConditionalTest);
  status.services_approved = impl_->gate.approved();
  status.services_not_approved = impl_->gate.not_approved();
  status.entropy = impl_->EntropyFigures();
  status.self_tests = impl_->SelfTests();
  {
    const std::lock_guard lock(impl_->mutex);
    status.self_tests_ended = impl_->self_tests_ended;
    status.cause = impl_->cause;
    status.first_error = impl_->cause ? impl_->cause->message : "";
    status.soft_cause = impl_->soft_cause;
    status.soft_errors = impl_->soft_errors;
    status.integrity = impl_->integrity;
    status.conditional_tests = impl_->conditional_tests;
    status.last_zeroisation = impl_->last_zeroisation;
  }
  AddFileHashes(*impl_, status);
  return status;
}

// Requirement: selftest-service
Result<Approved<std::vector<SelfTestResult>>> Module::SelfTest() {
  ServiceRecord record(*impl_, Management::kSelfTest);
  const std::lock_guard lock(impl_->control);
  TRY(record.Authorise());
  TRY(impl_->gate.Move(State::kOperational, State::kOnDemandTest));
  if (Status drained = impl_->gate.Drain(impl_->drain_limit); !drained) {
    TRY(impl_->gate.Move(State::kOnDemandTest, State::kOperational));
    return std::move(drained).error().WithContext("the self-tests did not run");
  }
  ossl::SelfTestLog log;
  Status tested = TestBoundary(*impl_, log);
  if (tested) tested = impl_->context->RunSelfTests();
  impl_->KeepSelfTests(log);
  std::string failed = log.FirstFailure();
  if (tested) tested = impl_->TestEntropy();
  if (tested) {
    tested = impl_->casts.RunAll(impl_->context);
    if (!tested) failed = impl_->casts.FirstFailure();
  }
  if (!tested) {
    impl_->Fail(tested.error(), std::move(failed));
    return tested.error();
  }
  TRY(impl_->gate.Move(State::kOnDemandTest, State::kOperational));
  record.Succeed();
  return Approved<std::vector<SelfTestResult>>{impl_->SelfTests(), {Approval::kApproved, 0}};
}

// Requirement: periodic-self-test
Result<bool> Module::RunPeriodicSelfTests(std::chrono::steady_clock::time_point now) {
  if (impl_->periodic_self_test.count() == 0) return false;
  {
    const std::lock_guard lock(impl_->mutex);
    if (now - impl_->last_self_test < impl_->periodic_self_test) return false;
  }
  TRY(SelfTest());
  return true;
}

void Module::Shutdown() {
  ServiceRecord record(*impl_, Management::kShutdown);
  const std::lock_guard lock(impl_->control);
  if (impl_->gate.CloseAndDrain(State::kShutdown, impl_->drain_limit)) {
    ZeroiseAtShutdown(*impl_);
    record.Succeed();
  }
}

Result<Bytes> Module::CreateKek(const SecretBytes& root_key) {
  ServiceCall call(*impl_, {.operation = Operation::kGenerate, .service = Management::kCreateKek},
                   kTested);
  TRY(call.Begin());
  TRY(call.Require(Cast::kKeyBlob));
  TRY(call.BeginKey());
  Bytes blob = TRY(call.Examine(Kek::Wrap(impl_->context, root_key)));
  TRY(call.CommitKey());
  TRY(call.End());
  return blob;
}

Status Module::Unseal(const SecretBytes& root_key, ByteSpan kek_blob) {
  ServiceRecord record(*impl_, Management::kUnseal);
  const std::lock_guard lock(impl_->control);
  Gate::Pass pass = TRY(impl_->gate.Enter({State::kUninitialised}));
  TRY(record.Authorise());
  TRY(impl_->RequireCast(Cast::kKeyBlob, pass));
  TRY(pass.MoveTo(State::kSspEntry));
  TRY(MakeOperational(*impl_, pass, Kek::Unwrap(impl_->context, root_key, kek_blob)));
  record.Succeed();
  return {};
}

Status Module::UnsealEphemeral() {
  ServiceRecord record(*impl_, Management::kUnseal);
  const std::lock_guard lock(impl_->control);
  Gate::Pass pass = TRY(impl_->gate.Enter({State::kUninitialised}));
  TRY(record.Authorise());
  TRY(impl_->RequireCast(Cast::kKeyBlob, pass));
  TRY(pass.MoveTo(State::kSspEntry));
  TRY(MakeOperational(*impl_, pass, Kek::Ephemeral(impl_->context)));
  record.Succeed();
  return {};
}

}  // namespace vallum::module
