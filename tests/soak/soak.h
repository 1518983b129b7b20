// SPDX-License-Identifier: Apache-2.0
// Scenarios of ./dev soak: each works a real module for some seconds and counts.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/module.h"

namespace vallum::soak {

/// Figures are what a scenario counted, in the order of the report; `wrong` has to be 0.
struct Figures {
  std::uint64_t wrong = 0;
  std::vector<std::pair<std::string, std::uint64_t>> counts;
};

struct Place {
  std::filesystem::path lib;      ///< the folder with vallum/fips.so
  std::chrono::seconds time{10};  ///< how long to go on
  std::filesystem::path file;     ///< of scenarios that are killed: where they note what they did
};

struct Scenario {
  std::string_view name;
  Result<Figures> (*run)(const Place& place);
};

const std::vector<Scenario>& IvScenarios();
const std::vector<Scenario>& LoadScenarios();
const std::vector<Scenario>& RaceScenarios();

module::ModuleConfig ConfigOf(const Place& place, module::Policy policy);
/// Operational starts a module with an ephemeral key-encryption key.
Result<std::unique_ptr<module::Module>> Operational(const Place& place,
                                                    module::Policy policy = module::Policy::kOnly);
Result<module::KeyRef> Make(module::Module& module, module::Algorithm algorithm);

/// OnThreads runs `body` on so many threads until it returns false or `time` is over.
void OnThreads(unsigned count, std::chrono::seconds time,
               const std::function<bool(unsigned thread, std::uint64_t turn)>& body);

}  // namespace vallum::soak
