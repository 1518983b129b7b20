// SPDX-License-Identifier: Apache-2.0
// Bindings: one for each key of the configuration file, saying how its value is read into a Config and
// shown again. The only place that knows toml++. Private to this folder.
#pragma once

#include <toml++/toml.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config.h"

namespace vallum::server {

struct Binding {
  std::string_view section;
  std::string_view key;
  std::function<Status(const toml::node&)> read;  ///< errors without the place
  std::function<std::string()> show;              ///< as TOML
};

/// Bindings are the keys of `config`, which must outlive them, in the order of the documentation.
std::vector<Binding> Bindings(Config& config);

/// ParseDuration takes a whole number and a unit: 250ms, 10s, 5m, 1h.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);
/// FormatDuration gives the shortest text that ParseDuration takes.
std::string FormatDuration(std::chrono::milliseconds duration);

/// Nearest finds the candidate that was probably meant, or is empty.
std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace vallum::server
