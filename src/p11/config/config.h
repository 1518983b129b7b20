// SPDX-License-Identifier: Apache-2.0
// Where the tokens are: docs/pkcs11.md, "Configuration".
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "module/module.h"

namespace vallum::p11 {

struct Config {
  module::Policy policy = module::Policy::kOnly;
  std::vector<std::filesystem::path> tokens;  ///< stores of embedded tokens, a slot each
};

/// ParseConfig reads the text of a configuration file; relative paths start from `folder`.
/// kConfiguration names the line or the key.
Result<Config> ParseConfig(std::string_view text, const std::filesystem::path& folder);

/// FindConfig follows, in this order: `argument` (what the application gave C_Initialize, or empty), the
/// environment variable VALLUM_PKCS11, pkcs11.toml in the user's configuration folder, the system's; else one
/// token in the user's data folder. Argument and variable name a configuration file (*.toml) or the store of
/// one token. Programs that run with other rights than their caller's get no environment.
Result<Config> FindConfig(std::string_view argument);

}  // namespace vallum::p11
