// SPDX-License-Identifier: Apache-2.0
#include "server/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/config_binding.h"

namespace vallum::server {
namespace {

Error At(std::string_view file, const toml::source_region& where, std::string_view message) {
  return Error(Code::kConfiguration,
               fmt::format("{}:{}:{}: {}", file, where.begin.line, where.begin.column, message));
}

std::vector<std::string_view> Sections(const std::vector<Binding>& bindings) {
  std::vector<std::string_view> sections;
  for (const Binding& binding : bindings) {
    if (sections.empty() || sections.back() != binding.section) sections.push_back(binding.section);
  }
  return sections;
}

std::string Suggestion(std::string_view nearest) {
  return nearest.empty() ? "see docs/configuration.md for all keys"
                         : fmt::format("did you mean \"{}\"?", nearest);
}

// A key that exists elsewhere is more probably misplaced than misspelt.
std::string SuggestKey(const std::vector<Binding>& bindings, std::string_view section,
                       std::string_view key) {
  std::vector<std::string_view> neighbours;
  for (const Binding& binding : bindings) {
    if (binding.section == section) {
      neighbours.push_back(binding.key);
    } else if (binding.key == key) {
      return fmt::format("it belongs in [{}]", binding.section);
    }
  }
  return Suggestion(Nearest(key, neighbours));
}

Status ApplySection(std::string_view file, const std::vector<Binding>& bindings,
                    std::string_view section, const toml::table& table) {
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    const auto binding = std::ranges::find_if(bindings, [&](const Binding& candidate) {
      return candidate.section == section && candidate.key == name;
    });
    if (binding == bindings.end()) {
      return At(file, key.source(),
                fmt::format("unknown key \"{}\" in [{}]; {}", name, section,
                            SuggestKey(bindings, section, name)));
    }
    if (const Status status = binding->read(node); !status) {
      return At(file, node.source(),
                fmt::format("{}.{} {}", section, name, status.error().message()));
    }
  }
  return {};
}

}  // namespace

Config DefaultConfig(const std::filesystem::path& data, const std::filesystem::path& prefix) {
  Config config;
  config.data = data;
  config.store_path = data / "vallum.db";
  config.audit_directory = data / "audit";
  config.seal_path = data / "seal" / "root.key";
  config.provider = prefix / "lib" / "vallum" / "fips.so";
  config.profile = prefix / "lib" / "vallum" / "fips-profile.toml";
  return config;
}

Status ApplyConfig(std::string_view text, std::string_view file_name, Config& config) {
  const toml::parse_result parsed = toml::parse(text, file_name);
  if (!parsed) {
    return At(file_name, parsed.error().source(),
              fmt::format("not valid TOML: {}", parsed.error().description()));
  }
  const std::vector<Binding> bindings = Bindings(config);
  const std::vector<std::string_view> sections = Sections(bindings);
  for (const auto& [key, node] : parsed.table()) {
    const std::string_view name = key.str();
    if (std::ranges::find(sections, name) == sections.end()) {
      const std::string hint =
          node.is_table() ? Suggestion(Nearest(name, sections)) : SuggestKey(bindings, "", name);
      return At(
          file_name, key.source(),
          fmt::format("unknown {} \"{}\"; {}", node.is_table() ? "section" : "key", name, hint));
    }
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      return At(file_name, key.source(),
                fmt::format("\"{}\" is a section; write [{}] on a line of its own", name, name));
    }
    TRY(ApplySection(file_name, bindings, name, *table));
  }
  return {};
}

std::string FormatConfig(const Config& config) {
  Config copy = config;
  std::string text;
  std::string_view section;
  for (const Binding& binding : Bindings(copy)) {
    if (binding.section != section) {
      section = binding.section;
      text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", section);
    }
    text += fmt::format("{} = {}\n", binding.key, binding.show());
  }
  return text;
}

}  // namespace vallum::server
