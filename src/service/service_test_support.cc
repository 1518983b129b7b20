// SPDX-License-Identifier: Apache-2.0
#include "service/service_test_support.h"

#include <stdlib.h>

#include "keystore/sqlite_keystore.h"

namespace vallum::service {
namespace {

std::filesystem::path NewFolder() {
  std::string path = (std::filesystem::temp_directory_path() / "vallum-service-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) abort();
  return path;
}

template <typename T>
T Must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().ToString();
    abort();
  }
  return *std::move(result);
}
void Must(Status status) {
  if (status) return;
  ADD_FAILURE() << status.error().ToString();
  abort();
}

// A log whose writing fails on demand, as on a full disk.
class FaultyLog final : public audit::AuditLog {
 public:
  FaultyLog(std::unique_ptr<audit::AuditLog> inner, LogFaults& faults)
      : inner_(std::move(inner)), faults_(faults) {}

  Result<std::uint64_t> Append(const audit::Record& record) override {
    TRY(health());
    return inner_->Append(record);
  }
  Status Sync(std::uint64_t index) override {
    if (faults_.sync) return Storage("the disk of the log is gone");
    return inner_->Sync(index);
  }
  Result<std::string> Checkpoint() override { return inner_->Checkpoint(); }
  void OnCheckpoint(std::function<void(std::uint64_t)> callback) override {
    inner_->OnCheckpoint(std::move(callback));
  }
  std::uint64_t size() const override { return inner_->size(); }
  Status health() const override {
    if (faults_.append) return Error(Code::kStorageFull, "the disk of the log is full");
    return inner_->health();
  }
  Status Reopen() override {
    ++faults_.reopened;
    TRY(health());
    return inner_->Reopen();
  }
  Result<Bytes> ReadTile(unsigned level, std::uint64_t index, unsigned width) override {
    return inner_->ReadTile(level, index, width);
  }
  Result<Bytes> ReadEntries(std::uint64_t index, unsigned width) override {
    return inner_->ReadEntries(index, width);
  }
  Result<std::string> ReadCheckpoint() override { return inner_->ReadCheckpoint(); }
  Result<std::string> ReadEntry(std::uint64_t index) override { return inner_->ReadEntry(index); }
  std::string VerifierKey() const override { return inner_->VerifierKey(); }

 private:
  std::unique_ptr<audit::AuditLog> inner_;
  LogFaults& faults_;
};

ServiceOptions OptionsFor(const std::filesystem::path& folder, const Identity& identity) {
  ServiceOptions options;
  options.instance = "test";
  options.seal = "none";
  options.audit.directory = folder / "audit";
  options.ca_certificate_pem = identity.ca_certificate_pem;
  return options;
}

const IdentityOptions kIdentityOptions{"test", {"localhost"}, {"127.0.0.1"}};

}  // namespace

Result<keystore::Entry> HookedKeystore::Get(std::string_view key) {
  ++reads;
  return inner_.Get(key);
}

Result<std::vector<keystore::Entry>> HookedKeystore::List(std::string_view prefix,
                                                          std::string_view from,
                                                          std::size_t limit) {
  return inner_.List(prefix, from, limit);
}

std::vector<Result<keystore::Revision>> HookedKeystore::CommitAll(
    std::span<const keystore::Transaction* const> transactions) {
  std::vector<Result<keystore::Revision>> results;
  for (const keystore::Transaction* one : transactions) results.push_back(CommitOne(*one));
  return results;
}

Result<keystore::Revision> HookedKeystore::CommitOne(const keystore::Transaction& transaction) {
  if (before) TRY(before(transaction));
  const keystore::Revision revision = TRY(inner_.Commit(transaction));
  if (after) after(transaction);
  return revision;
}

ServiceFixture::ServiceFixture() : folder_(NewFolder()) { Open(); }

ServiceFixture::~ServiceFixture() {
  Close();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

ModuleEvents& ServiceFixture::Events() {
  static ModuleEvents events;
  return events;
}

module::Module& ServiceFixture::TheModule() {
  ModuleEvents& events = Events();  // lives longer than the module
  static const std::unique_ptr<module::Module> module = [&events] {
    const std::filesystem::path folder = std::string(VALLUM_BINARY_DIR) + "/lib/vallum";
    module::ModuleConfig config;
    config.provider_path = folder / "fips.so";
    config.profile = Must(module::LoadProfile(folder / "fips-profile.toml"));
    config.audit = events.Sink();
    auto started = Must(module::Module::Start(config));
    Must(started->UnsealEphemeral());
    return started;
  }();
  return *module;
}

void ServiceFixture::Open() {
  sqlite_ = Must(keystore::OpenSqliteKeystore(folder_ / "store.db"));
  store_ = std::make_unique<HookedKeystore>(*sqlite_);
  auto opened = Must(OpenIdentity(TheModule(), *store_, clock_, kIdentityOptions));
  if (opened.first_admin) {
    admin_ = Must(module::CertificateFingerprint(TheModule(), opened.first_admin->certificate_pem));
    Must(ConfirmFirstAdmin(*store_));
  }
  identity_ = std::move(opened.identity);
  ServiceOptions options = OptionsFor(folder_, identity_);
  options.key_cache_capacity = cache_capacity_;
  if (log_events_) options.module_events = &Events();
  service_ = std::make_unique<ServiceImpl>(options, TheModule(), *store_, clock_);
  Must(service_->Start([this](audit::Options audit, audit::Crypto crypto,
                              const Clock& clock) -> Result<std::unique_ptr<audit::AuditLog>> {
    auto log = TRY(audit::AuditLog::Open(std::move(audit), std::move(crypto), clock));
    return std::make_unique<FaultyLog>(std::move(log), faults_);
  }));
}

void ServiceFixture::Close() {
  service_.reset();
  identity_ = {};
  store_.reset();
  sqlite_.reset();
}

void ServiceFixture::CopyTo(const std::filesystem::path& folder) const {
  std::filesystem::create_directories(folder);
  for (const char* file : {"store.db", "store.db-wal"}) {
    if (std::filesystem::exists(folder_ / file)) {
      std::filesystem::copy_file(folder_ / file, folder / file);
    }
  }
  std::filesystem::copy(folder_ / "audit", folder / "audit",
                        std::filesystem::copy_options::recursive);
}

std::unique_ptr<Service> ServiceFixture::OpenAt(const std::filesystem::path& folder,
                                                std::unique_ptr<keystore::Keystore>& store) {
  store = Must(keystore::OpenSqliteKeystore(folder / "store.db"));
  const auto opened = Must(OpenIdentity(TheModule(), *store, clock_, kIdentityOptions));
  return Must(Service::Open(OptionsFor(folder, opened.identity), TheModule(), *store, clock_));
}

Caller ServiceFixture::CallerOf(const Bytes& fingerprint) const {
  return {fingerprint, service_->NewRequestId(), ""};
}

Result<NewPrincipal> ServiceFixture::MakePrincipal(const Caller& caller, const std::string& name,
                                                   policy::Roles roles, std::int64_t days) {
  const module::KeySpec spec{module::Algorithm::kEcP256,
                             module::Usage::kSign | module::Usage::kVerify, false};
  auto made = TRY(TheModule().GenerateKey(spec, KeyId(), 1));
  CreatePrincipalRequest request{name, roles, "", days};
  request.certificate_request_pem =
      TRY(module::MakeCertificateRequest(TheModule(), *made.value.key, name));
  return service_->CreatePrincipal(caller, request);
}

Caller ServiceFixture::NewCaller(const std::string& name, policy::Roles roles) {
  return CallerOf(Must(MakePrincipal(Admin(), name, roles)).principal.fingerprint);
}

KeyInfo ServiceFixture::MakeKeyAs(const Caller& caller, const std::string& name,
                                  module::Algorithm algorithm, bool extractable) {
  CreateKeyRequest request;
  request.name = name;
  request.algorithm = algorithm;
  request.extractable = extractable;
  return Must(service_->CreateKey(caller, request)).value;
}

KeyInfo ServiceFixture::MakeKey(const std::string& name, module::Algorithm algorithm,
                                bool extractable) {
  return MakeKeyAs(Admin(), name, algorithm, extractable);
}

void ServiceFixture::GrantTo(const std::string& key, const std::string& principal,
                             policy::Actions actions) {
  Must(service_->SetGrant(Admin(), {key, principal, actions}));
}

std::vector<audit::Record> ServiceFixture::Records() {
  audit::AuditLog* log = Must(service_->OpenAudit(Admin()));
  std::vector<audit::Record> records;
  for (std::uint64_t i = 0; i < log->size(); ++i) {
    records.push_back(Must(audit::Decode(Must(log->ReadEntry(i)))));
  }
  // Its own reading is not what a test looks for.
  if (!records.empty() && records.back().operation == policy::Name(policy::Action::kAuditRead))
    records.pop_back();
  return records;
}

Result<Sealed> ServiceFixture::EncryptOne(const std::string& key, std::string_view text,
                                          std::string_view aad, std::uint32_t version) {
  const Service::PlaintextItem item{AsBytes(text), AsBytes(aad)};
  auto batch = TRY(service_->Encrypt(Admin(), {key, version}, {&item, 1}));
  return TRY(std::move(batch.front())).value;
}

Result<std::string> ServiceFixture::DecryptOne(const std::string& key, const Bytes& ciphertext,
                                               std::string_view aad) {
  const Service::CiphertextItem item{ciphertext, AsBytes(aad)};
  auto batch = TRY(service_->Decrypt(Admin(), key, {&item, 1}));
  const auto plaintext = TRY(std::move(batch.front()));
  return std::string(AsText(plaintext.value.span()));
}

Result<Signed> ServiceFixture::SignOne(const Caller& caller, const std::string& key,
                                       std::string_view text, std::uint32_t version) {
  const SignInput item{AsBytes(text)};
  auto batch = TRY(service_->Sign(caller, {key, version}, module::Scheme::kDefault, {&item, 1}));
  return TRY(std::move(batch.front())).value;
}

}  // namespace vallum::service
