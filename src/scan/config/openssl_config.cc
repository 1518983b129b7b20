// SPDX-License-Identifier: Apache-2.0
#include "scan/config/openssl_config.h"

#include <algorithm>
#include <array>

#include "scan/content/text.h"

namespace vallum::scan {

std::string_view OpenSslConfig::Value(std::string_view section, std::string_view name) const {
  const auto found = sections.find(section);
  if (found == sections.end()) return {};
  const auto value = found->second.find(name);
  return value == found->second.end() ? std::string_view() : std::string_view(value->second);
}

OpenSslConfig ParseOpenSslConfig(std::string_view text) {
  constexpr std::string_view kInclude = ".include";
  OpenSslConfig config;
  std::string section;
  for (const std::string_view whole : LinesOf(text)) {
    const std::string_view line = Trim(whole.substr(0, whole.find('#')));
    if (line.starts_with('[')) {
      section = Trim(line.substr(1, line.find(']') - 1));
      config.sections[section];
      continue;
    }
    if (line.starts_with(kInclude)) {
      std::string_view path = Trim(line.substr(kInclude.size()));
      if (path.starts_with('=')) path = Trim(path.substr(1));
      if (!path.empty()) config.includes.emplace_back(path);
      continue;
    }
    const std::size_t is = line.find('=');
    if (is == std::string_view::npos) continue;
    config.sections[section][std::string(Trim(line.substr(0, is)))] = Trim(line.substr(is + 1));
  }
  return config;
}

bool Activates(std::string_view value) {
  constexpr auto kYes =
      std::to_array<std::string_view>({"1", "yes", "YES", "on", "ON", "true", "TRUE"});
  return std::find(kYes.begin(), kYes.end(), value) != kYes.end();
}

}  // namespace vallum::scan
