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

Status ReadToken(const toml::node& node, const fs::path& folder, Config& config) {
  const auto line = node.source().begin.line;
  const toml::table* table = node.as_table();
  if (table == nullptr) return Wrong(fmt::format("line {}: [[token]] is a table", line));
  TRY(CheckKeys(*table, {"path"}));
  const auto path = (*table)["path"].value<std::string>();
  if (!path || path->empty()) return Wrong(fmt::format("line {}: the token has no path", line));
  fs::path whole = (folder / *path).lexically_normal();
  if (std::ranges::find(config.tokens, whole) != config.tokens.end()) {
    return Wrong(fmt::format("line {}: two tokens have the path {}", line, whole.string()));
  }
  config.tokens.push_back(std::move(whole));
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
  return Config{.policy = module::Policy::kOnly, .tokens = {named}};
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
