// SPDX-License-Identifier: Apache-2.0
#include "p11/config/config.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>

#include "base/file.h"

namespace vallum::p11 {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLargestFile = 1 << 20;
constexpr std::size_t kMostTokens = 256;
constexpr std::size_t kMostServers = 16;
constexpr std::size_t kLongestLabel = 32;

Error Wrong(std::string message) { return {Code::kConfiguration, std::move(message)}; }

std::optional<fs::path> Variable(const char* name) {
  const char* value = secure_getenv(name);
  if (value == nullptr || *value == 0) return std::nullopt;
  return fs::path(value);
}

Status CheckKeys(const toml::table& table, const std::set<std::string_view>& known) {
  for (const auto& [key, value] : table) {
    if (known.contains(key.str())) continue;
    return Wrong(fmt::format("line {}: unknown key \"{}\"", key.source().begin.line, key.str()));
  }
  return {};
}

Status ReadPolicy(const toml::table& table, Config& config) {
  const toml::node* node = table.get("policy");
  if (node == nullptr) return {};
  const auto text = node->value<std::string>();
  for (const module::Policy policy :
       {module::Policy::kOnly, module::Policy::kOn, module::Policy::kLog}) {
    if (text && *text == module::Name(policy)) {
      config.policy = policy;
      return {};
    }
  }
  return Wrong(
      fmt::format("line {}: policy is \"only\", \"on\" or \"log\"", node->source().begin.line));
}

Result<std::string> TextOf(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) {
    return Wrong(fmt::format("line {}: the token has no {}", table.source().begin.line, key));
  }
  const auto text = node->value<std::string>();
  if (!text || text->empty()) {
    return Wrong(fmt::format("line {}: {} is a text in quotes", node->source().begin.line, key));
  }
  return *text;
}

Status ReadServer(const toml::node& node, RemoteConfig& config) {
  const auto text = node.value<std::string>();
  const auto line = node.source().begin.line;
  if (!text) return Wrong(fmt::format("line {}: a server is a text in quotes", line));
  auto endpoint = remote::ParseEndpoint(*text);
  if (!endpoint) return Wrong(fmt::format("line {}: {}", line, endpoint.error().message()));
  config.servers.push_back(*std::move(endpoint));
  return {};
}

Status ReadServers(const toml::node& node, RemoteConfig& config) {
  const toml::array* servers = node.as_array();
  if (servers == nullptr) return ReadServer(node, config);
  if (servers->empty() || servers->size() > kMostServers) {
    return Wrong(fmt::format("line {}: give 1 to 16 servers", node.source().begin.line));
  }
  for (const toml::node& server : *servers) TRY(ReadServer(server, config));
  return {};
}

Result<RemoteConfig> ReadProfile(const toml::table& table, const fs::path& folder) {
  TRY(CheckKeys(table, {"profile", "label"}));
  const remote::Profile profile = TRY(remote::LoadProfile(folder / TRY(TextOf(table, "profile"))));
  return RemoteConfig{.servers = {profile.endpoint},
                      .certificate = profile.certificate,
                      .key = profile.key,
                      .ca = profile.ca};
}

Result<RemoteConfig> ReadRemote(const toml::table& table, const fs::path& folder) {
  TRY(CheckKeys(table, {"server", "certificate", "key", "ca", "label"}));
  RemoteConfig config;
  TRY(ReadServers(*table.get("server"), config));
  config.certificate = folder / TRY(TextOf(table, "certificate"));
  config.key = folder / TRY(TextOf(table, "key"));
  config.ca = folder / TRY(TextOf(table, "ca"));
  return config;
}

Status ReadRemoteToken(const toml::table& table, const fs::path& folder, Config& config) {
  RemoteConfig remote =
      TRY(table.contains("profile") ? ReadProfile(table, folder) : ReadRemote(table, folder));
  if (table.contains("label")) remote.label = TRY(TextOf(table, "label"));
  if (remote.label.size() > kLongestLabel) {
    return Wrong(fmt::format("line {}: a label has at most 32 bytes", table.source().begin.line));
  }
  config.tokens.push_back({.path = {}, .remote = std::move(remote)});
  return {};
}

Status ReadToken(const toml::node& node, const fs::path& folder, Config& config) {
  const auto line = node.source().begin.line;
  const toml::table* table = node.as_table();
  if (table == nullptr) return Wrong(fmt::format("line {}: [[token]] is a table", line));
  if (table->contains("server") || table->contains("profile")) {
    return ReadRemoteToken(*table, folder, config);
  }
  TRY(CheckKeys(*table, {"path"}));
  const auto path = (*table)["path"].value<std::string>();
  if (!path || path->empty()) {
    return Wrong(fmt::format("line {}: the token has no path, server or profile", line));
  }
  fs::path whole = (folder / *path).lexically_normal();
  if (std::ranges::find(config.tokens, whole, &TokenConfig::path) != config.tokens.end()) {
    return Wrong(fmt::format("line {}: two tokens have the path {}", line, whole.string()));
  }
  config.tokens.push_back({.path = std::move(whole), .remote = {}});
  return {};
}

Result<Config> LoadConfig(const fs::path& path) {
  const Bytes text = TRY(ReadFile(path, kLargestFile));
  auto config = ParseConfig(AsText(text), path.parent_path());
  if (!config) return std::move(config).error().WithContext(path.string());
  return config;
}

Result<Config> ConfigFrom(const fs::path& named) {
  if (named.extension() == ".toml") return LoadConfig(named);
  return Config{.policy = module::Policy::kOnly, .tokens = {{.path = named, .remote = {}}}};
}

fs::path UserFolder(const char* variable, std::string_view below_home) {
  if (const auto folder = Variable(variable)) return *folder / "vallum";
  return Variable("HOME").value_or("/nonexistent") / below_home / "vallum";
}

}  // namespace

Result<Config> ParseConfig(std::string_view text, const fs::path& folder) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return Wrong(fmt::format("line {}: {}", parsed.error().source().begin.line,
                             parsed.error().description()));
  }
  const toml::table& table = parsed.table();
  Config config;
  // The command line's client.toml is one remote token.
  if (table.contains("server")) {
    TRY(ReadRemoteToken(table, folder, config));
    return config;
  }
  TRY(CheckKeys(table, {"policy", "token"}));
  TRY(ReadPolicy(table, config));
  const toml::array* tokens = table["token"].as_array();
  if (tokens == nullptr || tokens->empty() || tokens->size() > kMostTokens) {
    return Wrong("give at least one [[token]] and at most 256");
  }
  for (const toml::node& node : *tokens) TRY(ReadToken(node, folder, config));
  return config;
}

Result<Config> FindConfig(std::string_view argument) {
  if (!argument.empty()) return ConfigFrom(fs::path(argument));
  if (const auto named = Variable("VALLUM_PKCS11")) return ConfigFrom(*named);
  std::error_code error;
  for (const fs::path& path : {UserFolder("XDG_CONFIG_HOME", ".config") / "pkcs11.toml",
                               fs::path("/etc/vallum/pkcs11.toml")}) {
    if (fs::exists(path, error)) return LoadConfig(path);
  }
  return ConfigFrom(UserFolder("XDG_DATA_HOME", ".local/share") / "token.db");
}

}  // namespace vallum::p11
