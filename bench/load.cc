// SPDX-License-Identifier: Apache-2.0
// A load generator: N keep-alive connections over mutual TLS, one blocking client each, sending one
// request over and over for a time. Prints requests, failures, and latency percentiles as JSON.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "module/module.h"
#include "net/client.h"
#include "net/tls.h"

namespace {

using vallum::Result;
using Clock = std::chrono::steady_clock;

struct Plan {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::filesystem::path credentials;
  unsigned connections = 1;
  double seconds = 3;
  std::string method = "POST";
  std::string target;
  std::string body;  ///< each "@N" stands for a number unique to the request
};

struct Tally {
  std::vector<std::uint32_t> microseconds;
  std::uint64_t failures = 0;
  std::string first_failure;
};

void Replace(std::string& text, std::uint64_t number) {
  const std::string digits = std::to_string(number);
  for (auto at = text.find("@N"); at != std::string::npos; at = text.find("@N", at)) {
    text.replace(at, 2, digits);
  }
}

void RunConnection(const Plan& plan, vallum::net::Client& client, Clock::time_point end,
                   std::atomic<std::uint64_t>& serial, Tally& tally) {
  while (Clock::now() < end) {
    std::string body = plan.body;
    Replace(body, serial.fetch_add(1));
    const auto begin = Clock::now();
    auto answer = client.Send(plan.method, plan.target, vallum::AsBytes(body));
    const auto took = Clock::now() - begin;
    if (!answer || answer->status >= 300) {
      ++tally.failures;
      if (tally.first_failure.empty()) {
        tally.first_failure =
            answer ? std::string(vallum::AsText(answer->body.span())) : answer.error().ToString();
      }
      if (!answer) return;
      continue;
    }
    tally.microseconds.push_back(static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  }
}

Result<std::string> ReadText(const std::filesystem::path& path) {
  auto bytes = TRY(vallum::ReadFile(path));
  return std::string(vallum::AsText(bytes));
}

Result<std::shared_ptr<const vallum::net::TlsContext>> MakeTls(vallum::module::Module& module,
                                                               const Plan& plan) {
  vallum::net::TlsContext::ClientOptions options;
  options.library = TRY(module.TlsLibrary());
  options.gate = [&module](const std::function<void()>& step) { return module.RunTlsStep(step); };
  options.certificate_pem = TRY(ReadText(plan.credentials / "client.crt"));
  options.key_pem = TRY(vallum::ReadSecretFile(plan.credentials / "client.key", 1 << 16));
  options.server_ca_pem = TRY(ReadText(plan.credentials / "ca.crt"));
  return vallum::net::TlsContext::Client(std::move(options));
}

Result<std::unique_ptr<vallum::module::Module>> StartModule() {
  const auto library =
      std::filesystem::canonical("/proc/self/exe").parent_path().parent_path() / "lib" / "vallum";
  vallum::module::ModuleConfig config;
  config.provider_path = library / "fips.so";
  config.profile = TRY(vallum::module::LoadProfile(library / "fips-profile.toml"));
  auto module = TRY(vallum::module::Module::Start(config));
  TRY(module->UnsealEphemeral());
  return module;
}

void Print(std::vector<Tally>& tallies, double seconds) {
  std::vector<std::uint32_t> all;
  std::uint64_t failures = 0;
  std::string first;
  for (auto& tally : tallies) {
    all.insert(all.end(), tally.microseconds.begin(), tally.microseconds.end());
    failures += tally.failures;
    if (first.empty()) first = tally.first_failure;
  }
  std::sort(all.begin(), all.end());
  const auto at = [&](double q) {
    return all.empty() ? 0u
                       : all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
  };
  std::printf("{\"requests\":%zu,\"failures\":%llu,\"seconds\":%.3f,\"p50_us\":%u,\"p99_us\":%u}\n",
              all.size(), static_cast<unsigned long long>(failures), seconds, at(0.5), at(0.99));
  if (!first.empty()) std::fprintf(stderr, "first failure: %s\n", first.c_str());
}

Result<int> Run(const Plan& plan) {
  auto module = TRY(StartModule());
  auto tls = TRY(MakeTls(*module, plan));
  std::vector<std::unique_ptr<vallum::net::Client>> clients;
  for (unsigned i = 0; i < plan.connections; ++i) {
    auto client = TRY(vallum::net::Client::Create({.host = plan.host, .port = plan.port}, tls));
    (void)TRY(client->Send("GET", "/livez", {}));
    clients.push_back(std::move(client));
  }
  std::vector<Tally> tallies(plan.connections);
  std::atomic<std::uint64_t> serial{static_cast<std::uint64_t>(std::time(nullptr)) * 1'000'000};
  std::puts("ready");
  std::fflush(stdout);
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double>(plan.seconds));
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < plan.connections; ++i) {
    threads.emplace_back([&, i] { RunConnection(plan, *clients[i], end, serial, tallies[i]); });
  }
  for (auto& thread : threads) thread.join();
  Print(tallies, std::chrono::duration<double>(Clock::now() - begin).count());
  return 0;
}

Plan ParseArguments(int argc, char** argv) {
  std::map<std::string, std::string> values;
  for (int i = 1; i + 1 < argc; i += 2) values[argv[i]] = argv[i + 1];
  Plan plan;
  plan.port = static_cast<std::uint16_t>(std::stoul(values.at("--port")));
  plan.credentials = values.at("--credentials");
  plan.target = values.at("--target");
  if (values.contains("--connections")) plan.connections = std::stoul(values["--connections"]);
  if (values.contains("--seconds")) plan.seconds = std::stod(values["--seconds"]);
  if (values.contains("--method")) plan.method = values["--method"];
  if (values.contains("--body")) plan.body = values["--body"];
  return plan;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto result = Run(ParseArguments(argc, argv));
    if (result) return *result;
    std::fprintf(stderr, "vallum-load: %s\n", result.error().ToString().c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr,
                 "usage: vallum-load --port N --credentials DIR --target PATH [--connections N] "
                 "[--seconds S] [--method M] [--body TEXT]: %s\n",
                 error.what());
  }
  return 1;
}
