// SPDX-License-Identifier: Apache-2.0
#include "server/instance.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/file.h"
#include "keystore/sqlite_keystore.h"
#include "server/admin_files.h"
#include "service/seal.h"

namespace vallum::server {
namespace {

// Errors of a store or log do not always say which one.
template <typename T>
Result<T> Naming(const std::filesystem::path& path, Result<T> result) {
  if (result) return result;
  return std::move(result).error().WithContext(path.string());
}

bool IsWildcard(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

// The address that was configured belongs in the certificate even when nobody wrote it down twice.
std::vector<std::string> CertificateAddresses(const Config& config) {
  std::vector<std::string> addresses = config.ip_addresses;
  if (!IsWildcard(config.address) &&
      std::ranges::find(addresses, config.address) == addresses.end()) {
    addresses.push_back(config.address);
  }
  return addresses;
}

std::string Url(const std::string& address, std::uint16_t port) {
  const std::string host = address == "0.0.0.0" ? "127.0.0.1" : address == "::" ? "::1" : address;
  return host.find(':') == std::string::npos ? fmt::format("https://{}:{}", host, port)
                                             : fmt::format("https://[{}]:{}", host, port);
}

void LogEvent(const net::ServerEvent& event) {
  using Kind = net::ServerEvent::Kind;
  const bool ours = event.kind == Kind::kAcceptPaused || event.kind == Kind::kInternal;
  spdlog::log(ours ? spdlog::level::err : spdlog::level::info, "connection from {}: {}",
              event.peer_address, event.message);
}

void LogFault(const RequestId& request, const Error& error) {
  spdlog::error("request {}: {} ({}:{})", ToString(request), error.ToString(),
                error.where().file_name(), error.where().line());
}

net::ServerOptions NetworkOptions(const Config& config) {
  net::ServerOptions options;
  options.address = config.address;
  options.port = static_cast<std::uint16_t>(config.port);
  options.io_threads = static_cast<unsigned>(config.io_threads);
  options.pool_threads = static_cast<unsigned>(config.pool_threads);
  options.pool_queue = config.pool_queue;
  options.max_connections = config.max_connections;
  options.max_body_bytes = config.max_body_bytes;
  options.handshake_timeout = config.handshake_timeout;
  options.request_timeout = config.request_timeout;
  options.idle_timeout = config.idle_timeout;
  options.on_event = LogEvent;
  return options;
}

}  // namespace

ExitCode ExitCodeOf(Code code) {
  switch (code) {
    case Code::kConfiguration:
    case Code::kInvalidArgument:
      return ExitCode::kConfiguration;
    case Code::kIntegrity:
    case Code::kModuleState:
    case Code::kSelfTestFailed:
    case Code::kProvider:
    case Code::kEntropy:
      return ExitCode::kModule;
    case Code::kStorage:
    case Code::kStorageFull:
    case Code::kStorageVersion:
    case Code::kUnavailable:
    case Code::kPermissionDenied:
    case Code::kNotFound:
      return ExitCode::kStore;
    case Code::kNetwork:
    case Code::kTls:
      return ExitCode::kNetwork;
    default:
      return ExitCode::kOther;
  }
}

tl::expected<std::unique_ptr<Instance>, StartFailure> Instance::Start(const Config& config) {
  struct Step {
    std::string_view what;
    Status (Instance::*run)();
    ExitCode exit_code;  // kOther: as the error's code says
  };
  constexpr std::array kSteps = {
      Step{"starting the cryptographic module", &Instance::StartModule, ExitCode::kModule},
      Step{"opening the key store", &Instance::OpenStore, ExitCode::kStore},
      Step{"opening the seal", &Instance::OpenSeal, ExitCode::kModule},
      Step{"opening the server's identity", &Instance::OpenIdentity, ExitCode::kOther},
      Step{"opening the audit log and the service", &Instance::OpenService, ExitCode::kOther},
      Step{"starting the HTTPS server", &Instance::StartNetwork, ExitCode::kNetwork},
  };
  std::unique_ptr<Instance> instance(new Instance(config));
  for (const Step& step : kSteps) {
    Status status = (instance.get()->*step.run)();
    if (status) continue;
    const Code code = status.error().code();
    const bool by_code = step.exit_code == ExitCode::kOther || code == Code::kConfiguration;
    return tl::unexpected(StartFailure{by_code ? ExitCodeOf(code) : step.exit_code,
                                       std::move(status).error().WithContext(step.what)});
  }
  return instance;
}

Instance::~Instance() { Stop(); }

Status Instance::StartModule() {
  module::ModuleConfig module_config;
  module_config.provider_path = config_.provider;
  module_config.profile = TRY(module::LoadProfile(config_.profile));
  module_config.policy = config_.policy;
  module_config.entropy = config_.entropy;
  module_config.periodic_self_test = config_.periodic_self_test;
  module_config.audit = events_.Sink();
  module_ = TRY(module::Module::Start(module_config));
  return {};
}

Status Instance::OpenStore() {
  TRY(CreatePrivateDirectories(config_.data));
  TRY(CreatePrivateDirectories(config_.store_path.parent_path()));
  store_ = TRY(Naming(config_.store_path, keystore::OpenSqliteKeystore(config_.store_path)));
  return {};
}

Status Instance::OpenSeal() {
  TRY(CreatePrivateDirectories(config_.seal_path.parent_path()));
  const SecretBytes root =
      TRY(service::OpenDevelopmentFileSeal(*module_, *store_, config_.seal_path));
  TRY(service::OpenKek(*module_, *store_, root));
  spdlog::warn("seal {} ({}): {}", config_.seal_type, config_.seal_path.string(),
               service::RiskText(config_.seal_type));
  return {};
}

Status Instance::OpenIdentity() {
  service::IdentityOptions options;
  options.instance = config_.instance;
  options.dns_names = config_.dns_names;
  options.ip_addresses = CertificateAddresses(config_);
  auto opened = TRY(service::OpenIdentity(*module_, *store_, clock_, options));
  identity_ = std::move(opened.identity);
  if (!opened.first_admin) return {};
  const std::filesystem::path folder = AdminFolder(config_.data);
  TRY(WriteAdminFiles(folder, *opened.first_admin, identity_.ca_certificate_pem));
  TRY(service::ConfirmFirstAdmin(*store_));
  spdlog::info("first start: the credential of principal \"{}\" is in {}; it exists only there",
               opened.first_admin->name, folder.string());
  return {};
}

Status Instance::OpenService() {
  TRY(CreatePrivateDirectories(config_.audit_directory));
  service::ServiceOptions options;
  options.instance = config_.instance;
  options.seal = config_.seal_type;
  options.seal_risk = service::RiskText(config_.seal_type);
  options.audit.directory = config_.audit_directory;
  options.audit.checkpoint_interval = config_.checkpoint_interval;
  options.audit.sync_every_append = config_.audit_durability == Durability::kFsync;
  options.ca_certificate_pem = identity_.ca_certificate_pem;
  options.module_events = &events_;
  service_ = TRY(Naming(config_.audit_directory,
                        service::Service::Open(std::move(options), *module_, *store_, clock_)));
  return {};
}

Status Instance::StartNetwork() {
  net::TlsContext::ServerOptions tls_options;
  tls_options.library = TRY(module_->TlsLibrary());
  tls_options.gate = [module = module_.get()](const std::function<void()>& step) {
    return module->RunTlsStep(step);
  };
  tls_options.certificate_pem = identity_.server_certificate_pem;
  tls_options.key = TRY(module_->TlsKey(*identity_.server_key));
  tls_options.client_ca_pem = identity_.ca_certificate_pem;
  auto tls = TRY(net::TlsContext::Server(tls_options));

  rest::RestOptions rest_options;
  rest_options.policy = config_.policy;
  rest_options.max_body_bytes = config_.max_body_bytes;
  rest_options.audit_cost = config_.audit_durability == Durability::kFsync
                                ? rest::AuditCost::kDisk
                                : rest::AuditCost::kMemory;
  rest_options.on_server_fault = LogFault;
  api_ = std::make_unique<rest::RestApi>(*service_, std::move(rest_options));
  server_ = TRY(net::Server::Start(NetworkOptions(config_), std::move(tls), *api_));
  TellOfState();
  return RefreshProfile(AdminFolder(config_.data), url());
}

std::string Instance::url() const { return Url(config_.address, server_->port()); }

std::filesystem::path Instance::admin_folder() const {
  std::filesystem::path folder = AdminFolder(config_.data);
  std::error_code error;
  return std::filesystem::exists(folder / "client.toml", error) ? folder : std::filesystem::path();
}

void Instance::TellOfState() {
  const module::ModuleStatus status = module_->status();
  events_.NoteStatus(status);
  if (std::exchange(told_, status.state) == status.state) return;
  if (status.state != module::State::kUninitialised || !status.last_zeroisation) return;
  spdlog::warn(
      "zeroised: {} objects and {} bytes wiped; vallumd answers status only, start it again to "
      "unseal "
      "it",
      status.last_zeroisation->objects, status.last_zeroisation->bytes);
}

void Instance::RunPeriodicWork() {
  TellOfState();
  if (module_->state() != module::State::kOperational) return;
  const auto ran = module_->RunPeriodicSelfTests(std::chrono::steady_clock::now());
  if (!ran) {
    spdlog::error("the periodic self-tests: {}", ran.error().ToString());
  } else if (*ran) {
    spdlog::info("the periodic self-tests passed");
  }
}

void Instance::Stop() {
  if (server_) server_->Stop(config_.stop_timeout);
  server_.reset();
  api_.reset();
  service_.reset();
  identity_ = {};
  store_.reset();
  if (module_) module_->Shutdown();
  module_.reset();
  for (const audit::Record& late : events_.Left()) {
    spdlog::info("after the audit log was closed: {} {} {}", late.operation, late.outcome,
                 late.detail);
  }
}

}  // namespace vallum::server
