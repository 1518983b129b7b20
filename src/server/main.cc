// SPDX-License-Identifier: Apache-2.0
// vallumd: read the configuration, start everything, serve until told to stop.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>

#include "base/file.h"
#include "server/command_line.h"
#include "server/config.h"
#include "server/instance.h"
#include "server/log.h"
#include "server/process.h"

namespace vallum::server {
namespace {

using SteadyClock = std::chrono::steady_clock;

int Fail(ExitCode exit_code, const Error& error) {
  fmt::print(stderr, "vallumd: {}\n", error.ToString());
  return static_cast<int>(exit_code);
}

Result<Config> ReadConfig(const CommandLine& line) {
  std::error_code error;
  const std::filesystem::path data = std::filesystem::absolute(line.data, error);
  if (error) return ErrnoError(error.value(), "finding the current folder");
  Config config = DefaultConfig(data.lexically_normal(), TRY(ExecutableFolder()).parent_path());
  if (line.config.empty()) return config;
  auto text = ReadFile(line.config);
  if (!text) {
    return Error(Code::kConfiguration,
                 fmt::format("{}; name a readable file with --config", text.error().message()));
  }
  TRY(ApplyConfig(AsText(*text), line.config.string(), config));
  return config;
}

std::string ServiceManagerSocket() {
  const char* socket = std::getenv("NOTIFY_SOCKET");
  return socket == nullptr ? std::string() : std::string(socket);
}

void SayReady(const Instance& instance, SteadyClock::time_point start) {
  const module::ModuleStatus status = instance.module_status();
  const auto taken =
      std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start);
  if (!status.integrity.sealed) {
    spdlog::warn("NOT SEALED: a build for tests, which checks nothing but the provider's file");
  }
  spdlog::info("provider {} {}, CMVP certificate {}, policy {}; Vallum itself is not validated",
               status.provider.name, status.provider_version, status.provider.certificate,
               module::Name(status.policy));
  if (const auto folder = instance.admin_folder(); !folder.empty()) {
    spdlog::info("client credential: {}", (folder / "client.toml").string());
  }
  spdlog::info("ready at {} after {} ms (provider {} ms)", instance.url(), taken.count(),
               status.provider_load_microseconds / 1000);
}

// Returns what the process ends with: the module's error state is left by a restart only, and nothing
// is answered in it.
ExitCode WaitForStop(Instance& instance) {
  constexpr std::chrono::seconds kLook{1};
  while (true) {
    const std::optional<int> number = WaitForSignal(kLook);
    if (!number) {
      instance.RunPeriodicWork();
      if (!instance.module_failed()) continue;
      spdlog::critical("the cryptographic module failed and vallumd ends: {}; start it again",
                       instance.module_status().first_error);
      return ExitCode::kModule;
    }
    if (number != SIGHUP) {
      spdlog::info("{}: finishing what is in flight; once more stops at once",
                   number == SIGINT ? "SIGINT" : "SIGTERM");
      return ExitCode::kOk;
    }
    spdlog::info("SIGHUP: nothing to reload; restart to apply a changed configuration");
  }
}

int Serve(const Config& config, const CommandLine& line, SteadyClock::time_point start) {
  if (const Status status = HardenProcess(); !status) return Fail(ExitCode::kOther, status.error());
  BlockSignals();
  SetUpLog(config.log_level, config.log_format);
  std::error_code ignored;
  if (!line.port_file.empty()) std::filesystem::remove(line.port_file, ignored);

  auto instance = Instance::Start(config);
  if (!instance) return Fail(instance.error().exit_code, instance.error().error);
  const std::string service_manager = ServiceManagerSocket();
  SayReady(**instance, start);
  if (!line.port_file.empty()) {
    const std::string port = fmt::format("{}\n", (*instance)->port());
    const Status status = WriteFileDurably(line.port_file, AsBytes(port), 0600);
    if (!status) return Fail(ExitCode::kOther, status.error());
  }
  NotifyServiceManager(service_manager, "READY=1");
  const ExitCode ending = WaitForStop(**instance);
  NotifyServiceManager(service_manager, "STOPPING=1");
  LetSignalsKill();
  (*instance)->Stop();
  spdlog::info("stopped");
  return static_cast<int>(ending);
}

int Main(int argc, char** argv) {
  const auto start = SteadyClock::now();
  const Parsed parsed = ParseCommandLine(argc, argv);
  if (!parsed.command_line) return parsed.exit_code;
  const auto config = ReadConfig(*parsed.command_line);
  if (!config) return Fail(ExitCode::kConfiguration, config.error());
  if (parsed.command_line->mode == Mode::kCheckConfig) {
    fmt::print("{}", FormatConfig(*config));
    return static_cast<int>(ExitCode::kOk);
  }
  return Serve(*config, *parsed.command_line, start);
}

}  // namespace
}  // namespace vallum::server

int main(int argc, char** argv) { return vallum::server::Main(argc, argv); }
