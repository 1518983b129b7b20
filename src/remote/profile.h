// SPDX-License-Identifier: Apache-2.0
// Client profiles: which server, and which credentials. docs/cli.md describes client.toml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vallum::remote {

/// Endpoint of a server, from "https://host:port"; the port defaults to 8443.
struct Endpoint {
  std::string host;
  std::uint16_t port = 8443;
  bool operator==(const Endpoint&) const = default;
};
/// ParseEndpoint accepts https only, IPv6 addresses in brackets, and no path. kConfiguration.
Result<Endpoint> ParseEndpoint(std::string_view url);

struct Profile {
  std::filesystem::path file;  ///< where it was read from, absolute
  std::string server;          ///< as written
  Endpoint endpoint;
  std::filesystem::path certificate;  ///< absolute, like the two below
  std::filesystem::path key;
  std::filesystem::path ca;
};

/// LoadProfile reads a client.toml, or the one in a folder. Unknown members and wrong types are
/// kConfiguration with file and line.
Result<Profile> LoadProfile(const std::filesystem::path& file_or_folder);

/// ProfileSources says where a profile may come from, in this order; empty ones are skipped.
struct ProfileSources {
  std::string option;       ///< --profile
  std::string environment;  ///< VALLUM_PROFILE
  std::filesystem::path working_folder;
  std::filesystem::path home;
};
/// FindProfile returns the option, the environment's, ./var/client/admin/client.toml or
/// ~/.config/vallum/client.toml. kConfiguration, and what to do, when there is none.
Result<std::filesystem::path> FindProfile(const ProfileSources& sources);

/// FormatProfile is the text of a client.toml beside client.crt, client.key and ca.crt.
std::string FormatProfile(std::string_view server);

}  // namespace vallum::remote
