// SPDX-License-Identifier: Apache-2.0
#include "remote/profile.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>
#include <charconv>

namespace vallum::remote {
namespace {

constexpr std::array<std::string_view, 4> kMembers = {"server", "certificate", "key", "ca"};

Error BadProfile(std::string message) { return Error(Code::kConfiguration, std::move(message)); }

Result<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) {
    return BadProfile(fmt::format("\"{}\" is no port; give a number from 1 to 65535", text));
  }
  return port;
}

std::string At(const std::filesystem::path& file, const toml::source_region& where) {
  return fmt::format("{}:{}:{}", file.string(), where.begin.line, where.begin.column);
}

Status RefuseUnknown(const std::filesystem::path& file, const toml::table& table) {
  for (const auto& [name, value] : table) {
    if (std::find(kMembers.begin(), kMembers.end(), name.str()) != kMembers.end()) continue;
    return BadProfile(
        fmt::format("{}: unknown member \"{}\"; known are server, certificate, key, ca",
                    At(file, value.source()), name.str()));
  }
  return {};
}

Result<std::string> Member(const std::filesystem::path& file, const toml::table& table,
                           std::string_view name) {
  const toml::node* node = table.get(name);
  if (node == nullptr) {
    return BadProfile(
        fmt::format("{}: \"{}\" is missing; add {} = \"...\"", file.string(), name, name));
  }
  const auto* text = node->as_string();
  if (text == nullptr || text->get().empty()) {
    return BadProfile(
        fmt::format("{}: \"{}\" must be a text in quotes", At(file, node->source()), name));
  }
  return text->get();
}

}  // namespace

Result<Endpoint> ParseEndpoint(std::string_view url) {
  const Error wrong =
      BadProfile(fmt::format("\"{}\" is no server; write https://host:port without a path", url));
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return wrong;
  std::string_view rest = url.substr(kScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#@ ") != std::string_view::npos) return wrong;

  const bool bracketed = rest.starts_with('[');
  const std::size_t host_end = bracketed ? rest.find(']') : rest.find(':');
  if (bracketed && host_end == std::string_view::npos) return wrong;
  Endpoint endpoint;
  endpoint.host = bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
  if (endpoint.host.empty()) return wrong;
  const std::size_t after = bracketed ? host_end + 1 : host_end;
  if (after >= rest.size()) return endpoint;
  if (rest[after] != ':') return wrong;
  endpoint.port = TRY(ParsePort(rest.substr(after + 1)));
  return endpoint;
}

Result<Profile> LoadProfile(const std::filesystem::path& file_or_folder) {
  std::error_code ignored;
  std::filesystem::path file =
      std::filesystem::absolute(file_or_folder, ignored).lexically_normal();
  if (std::filesystem::is_directory(file, ignored)) file /= "client.toml";
  if (!std::filesystem::exists(file, ignored)) {
    return BadProfile(file.string() +
                      " does not exist; give --profile the client.toml or its folder");
  }
  const toml::parse_result parsed = toml::parse_file(file.string());
  if (!parsed) {
    return BadProfile(
        fmt::format("{}: {}", At(file, parsed.error().source()), parsed.error().description()));
  }
  TRY(RefuseUnknown(file, parsed.table()));
  Profile profile;
  profile.file = file;
  profile.server = TRY(Member(file, parsed.table(), "server"));
  auto endpoint = ParseEndpoint(profile.server);
  if (!endpoint) return std::move(endpoint).error().WithContext(file.string());
  profile.endpoint = *std::move(endpoint);
  const std::filesystem::path folder = file.parent_path();
  profile.certificate = folder / TRY(Member(file, parsed.table(), "certificate"));
  profile.key = folder / TRY(Member(file, parsed.table(), "key"));
  profile.ca = folder / TRY(Member(file, parsed.table(), "ca"));
  return profile;
}

Result<std::filesystem::path> FindProfile(const ProfileSources& sources) {
  if (!sources.option.empty()) return std::filesystem::path(sources.option);
  if (!sources.environment.empty()) return std::filesystem::path(sources.environment);
  std::error_code ignored;
  const auto local = sources.working_folder / "var/client/admin/client.toml";
  if (std::filesystem::exists(local, ignored)) return local;
  const auto home = sources.home / ".config/vallum/client.toml";
  if (!sources.home.empty() && std::filesystem::exists(home, ignored)) return home;
  return BadProfile(
      "no client profile found; give --profile FOLDER (vallumd wrote one to client/admin in its "
      "data "
      "folder) or set VALLUM_PROFILE");
}

std::string FormatProfile(std::string_view server) {
  return fmt::format(
      "# Where the server is and who this client is. Paths are relative to this file.\n"
      "server = \"{}\"\ncertificate = \"client.crt\"\nkey = \"client.key\"\nca = \"ca.crt\"\n",
      server);
}

}  // namespace vallum::remote
