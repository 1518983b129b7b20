// SPDX-License-Identifier: Apache-2.0
//   vallum-soak LIB_FOLDER SCENARIO SECONDS [FILE]
//
// Prints one JSON object of counts. Exit code 0: nothing was wrong; 1: something was; 2: usage; 3: the
// scenario could not run.
#include <fmt/format.h>

#include <charconv>
#include <thread>

#include "soak.h"

namespace vallum::soak {

module::ModuleConfig ConfigOf(const Place& place, module::Policy policy) {
  const std::filesystem::path folder = std::filesystem::absolute(place.lib) / "vallum";
  return {.provider_path = folder / "fips.so",
          .profile = module::LoadProfile(folder / "fips-profile.toml").value(),
          .policy = policy};
}

Result<std::unique_ptr<module::Module>> Operational(const Place& place, module::Policy policy) {
  auto module = TRY(module::Module::Start(ConfigOf(place, policy)));
  TRY(module->UnsealEphemeral());
  return module;
}

Result<module::KeyRef> Make(module::Module& module, module::Algorithm algorithm) {
  return TRY(module.GenerateKey({.algorithm = algorithm}, KeyId(), 1)).value.key;
}

void OnThreads(unsigned count, std::chrono::seconds time,
               const std::function<bool(unsigned thread, std::uint64_t turn)>& body) {
  const auto until = std::chrono::steady_clock::now() + time;
  std::vector<std::jthread> threads;
  threads.reserve(count);
  for (unsigned id = 0; id < count; ++id) {
    threads.emplace_back([&body, until, id] {
      for (std::uint64_t turn = 0; body(id, turn); ++turn) {
        if (turn % 16 == 0 && std::chrono::steady_clock::now() >= until) return;
      }
    });
  }
}

namespace {

const Scenario* Find(std::string_view name) {
  for (const auto* group : {&IvScenarios(), &LoadScenarios(), &RaceScenarios()}) {
    for (const Scenario& scenario : *group) {
      if (scenario.name == name) return &scenario;
    }
  }
  return nullptr;
}

int Report(const Figures& figures) {
  fmt::print("{{\"wrong\": {}", figures.wrong);
  for (const auto& [name, count] : figures.counts) fmt::print(", \"{}\": {}", name, count);
  fmt::print("}}\n");
  return figures.wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace vallum::soak

int main(int argc, char** argv) {
  using namespace vallum::soak;
  if (argc < 4) return 2;
  const Scenario* const scenario = Find(argv[2]);
  const std::string_view digits = argv[3];
  int seconds = 0;
  std::from_chars(digits.begin(), digits.end(), seconds);
  if (scenario == nullptr || seconds <= 0) return 2;
  const Place place{
      .lib = argv[1], .time = std::chrono::seconds(seconds), .file = argc > 4 ? argv[4] : ""};
  const auto figures = scenario->run(place);
  if (figures) return Report(*figures);
  fmt::print(stderr, "{}: {}\n", scenario->name, figures.error().ToString());
  return 3;
}
