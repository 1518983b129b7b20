// SPDX-License-Identifier: Apache-2.0
#include "service/service.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "service/identity.h"
#include "service/module_events.h"
#include "service/service_impl.h"

namespace vallum::service {
namespace {

constexpr std::size_t kMaxRandom = 65'536;
constexpr std::size_t kEd25519Size = 32;
constexpr auto kAuditReadInterval = std::chrono::minutes(1);

Result<audit::Crypto> LogCrypto(module::Module& module, module::KeyRef key) {
  audit::Crypto crypto;
  // The raw key is the end of the SubjectPublicKeyInfo (RFC 8410, section 4).
  const Bytes spki = TRY(module.PublicKey(*key));
  if (spki.size() < kEd25519Size) return Internal("the audit key's public half is too short");
  crypto.public_key.assign(spki.end() - kEd25519Size, spki.end());
  crypto.sha256 = [&module](std::initializer_list<ByteSpan> parts) { return module.Sha256(parts); };
  crypto.sign = [&module, key](ByteSpan message) -> Result<Bytes> {
    return TRY(module.Sign(*key, module::Scheme::kEd25519, message)).value;
  };
  return crypto;
}

Status ModuleHealth(const module::Module& module) {
  const module::State state = module.state();
  if (state == module::State::kOperational || state == module::State::kOnDemandTest) return {};
  if (state == module::State::kUninitialised) {
    return Error(Code::kModuleState,
                 "the module's keys were zeroised; restart the server to unseal it again");
  }
  const std::string cause = module.status().first_error;
  return Error(Code::kModuleState, "the module is in state " + std::string(module::Name(state)) +
                                       (cause.empty() ? "" : " (" + cause + ")") +
                                       "; restart the server");
}

Status StoreHealth(keystore::Keystore& store) {
  auto probe = store.Get(entry::kKek);
  if (probe) return {};
  if (probe.error().code() == Code::kNotFound) return {};
  return std::move(probe).error();
}

// Request ids only have to be unique: one visit to the module gives a thread enough for 64.
struct RandomPool {
  std::array<std::uint8_t, 640> bytes{};
  std::size_t used = sizeof bytes;
};

void Refill(RandomPool& pool, module::Module& module) {
  pool.used = 0;
  if (module.Random(pool.bytes)) return;
  // A module in its error state still answers status requests, and they need names.
  static std::atomic<std::uint64_t> counter{0};
  for (std::size_t i = 0; i + 10 <= pool.bytes.size(); i += 10) {
    const std::uint64_t number = counter.fetch_add(1);
    std::memcpy(&pool.bytes[i + 2], &number, sizeof number);
  }
}

}  // namespace

Result<std::unique_ptr<Service>> Service::Open(ServiceOptions options, module::Module& module,
                                               keystore::Keystore& store, const Clock& clock) {
  auto service = std::make_unique<ServiceImpl>(std::move(options), module, store, clock);
  TRY(service->Start());
  return std::unique_ptr<Service>(std::move(service));
}

ServiceImpl::ServiceImpl(ServiceOptions options, module::Module& module, keystore::Keystore& store,
                         const Clock& clock)
    : options_(std::move(options)), core_(module, store, clock, options_.key_cache_capacity) {}

Status ServiceImpl::Start(const LogOpener& open_log) {
  authority_key_ = TRY(OpenSystemKey(core_.module, core_.store, SystemKey::kAuthority));
  module::KeyRef audit_key = TRY(OpenSystemKey(core_.module, core_.store, SystemKey::kAudit));
  audit::Options audit = options_.audit;
  audit.origin = "vallum/" + options_.instance;
  audit.minimum_size = TRY(RememberedLogSize(core_.store));
  audit::Crypto crypto = TRY(LogCrypto(core_.module, std::move(audit_key)));
  TRY(core_.journal.Attach(TRY(open_log(std::move(audit), std::move(crypto), core_.clock))));
  if (options_.module_events == nullptr) return {};
  module_events_ = std::jthread([this](const std::stop_token& stop) {
    options_.module_events->Run(
        stop, [this](const audit::Record& record) { return core_.journal.Keep(record); });
  });
  return {};
}

RequestId ServiceImpl::NewRequestId() {
  thread_local RandomPool pool;
  if (pool.used + 10 > pool.bytes.size()) Refill(pool, core_.module);
  const std::span<const std::uint8_t, 10> random(pool.bytes.data() + pool.used, 10);
  pool.used += 10;
  return RequestId(MakeUuidV7(core_.clock.Now(), random));
}

Health ServiceImpl::GetHealth() {
  return {ModuleHealth(core_.module), core_.journal.health(), StoreHealth(core_.store)};
}

Result<Service::StatusReport> ServiceImpl::GetStatus(const Caller& caller) {
  Call call(core_, caller, policy::Action::kModuleStatus);
  const auto report = [&]() -> Result<StatusReport> {
    TRY(call.Authorize());
    return StatusReport{core_.module.status(), options_.seal, options_.seal_risk,
                        core_.journal.log().size()};
  };
  return call.Finish(report());
}

Result<std::vector<module::SelfTestResult>> ServiceImpl::SelfTest(const Caller& caller) {
  Call call(core_, caller, policy::Action::kModuleSelfTest);
  const auto test = [&]() -> Result<std::vector<module::SelfTestResult>> {
    TRY(call.Authorize());
    return TRY(core_.module.SelfTest()).value;
  };
  return call.Finish(test());
}

Result<Approved<SecretBytes>> ServiceImpl::Random(const Caller& caller, std::size_t size) {
  Call call(core_, caller, policy::Action::kRandom);
  const auto random = [&]() -> Result<Approved<SecretBytes>> {
    TRY(call.Authorize());
    if (size == 0 || size > kMaxRandom) {
      return InvalidArgument("ask for 1 to 65536 random bytes at a time");
    }
    SecretBytes bytes = TRY(SecretBytes::Create(size));
    const Indicator indicator = TRY(core_.module.Random(bytes.mutable_span()));
    return Approved<SecretBytes>{std::move(bytes), indicator};
  };
  return call.Finish(random());
}

// A log is read tile by tile: one record a reader and minute, or reading would make it grow.
bool ServiceImpl::ReadRecently(const std::string& principal) {
  const std::lock_guard lock(audit_readers_mutex_);
  const auto reader = audit_readers_.find(principal);
  if (reader == audit_readers_.end()) return false;
  const auto age = core_.clock.Now() - reader->second;
  return age >= std::chrono::seconds(0) && age < kAuditReadInterval;
}

Result<audit::AuditLog*> ServiceImpl::OpenAudit(const Caller& caller) {
  Call call(core_, caller, policy::Action::kAuditRead);
  Status allowed = call.Authorize();
  if (allowed && ReadRecently(call.principal().name)) return &core_.journal.log();
  TRY(call.Finish(std::move(allowed)));
  const std::lock_guard lock(audit_readers_mutex_);
  audit_readers_[call.principal().name] = core_.clock.Now();
  return &core_.journal.log();
}

void ServiceImpl::RecordRefusal(const Caller& caller, std::string_view operation,
                                const Error& error) {
  Call call(core_, caller, policy::Action::kModuleStatus);
  // Only to name the caller: the refusal stands whatever the decision would be.
  (void)call.Authorize();
  call.record().operation = operation;
  (void)call.Finish(Status(error));
}

}  // namespace vallum::service
