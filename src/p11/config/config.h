// SPDX-License-Identifier: Apache-2.0
// Where the tokens are: docs/pkcs11.md, "Configuration".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "module/module.h"
#include "remote/profile.h"

namespace vallum::p11 {

/// RemoteConfig is a token of a vallumd.
struct RemoteConfig {
  std::string label = "vallum";  ///< at most 32 bytes
  std::vector<remote::Endpoint> servers;
  std::filesystem::path certificate;  ///< of the client, PEM
  std::filesystem::path key;          ///< PEM
  std::filesystem::path ca;           ///< who may issue the servers' certificates, PEM
};

struct TokenConfig {
  std::filesystem::path path;          ///< store of an embedded token, or empty
  std::optional<RemoteConfig> remote;  ///< else
};

struct Config {
  module::Policy policy = module::Policy::kOnly;
  std::vector<TokenConfig> tokens;  ///< a slot each
};

/// ParseConfig reads the text of a configuration file; relative paths start from `folder`.
/// kConfiguration names the line or the key.
Result<Config> ParseConfig(std::string_view text, const std::filesystem::path& folder);

/// FindConfig follows, in this order: `argument` (what the application gave C_Initialize, or empty), the
/// environment variable VALLUM_PKCS11, pkcs11.toml in the user's configuration folder, the system's; else one
/// token in the user's data folder. Argument and variable name a configuration file (*.toml; also the command
/// line's client.toml) or the store of one token. Programs that run with other rights than their caller's get no environment.
Result<Config> FindConfig(std::string_view argument);

}  // namespace vallum::p11
