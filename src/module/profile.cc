// SPDX-License-Identifier: Apache-2.0
#include "module/profile.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>

#include "base/file.h"

namespace vallum::module {
namespace {

constexpr std::size_t kLargestProfile = 16 * 1024;

struct Field {
  std::string_view name;
  std::string ProviderProfile::*member;
  std::size_t hex_digits;  // 0: free text
};
constexpr std::array kFields = {
    Field{"name", &ProviderProfile::name, 0},
    Field{"version", &ProviderProfile::version, 0},
    Field{"sha256", &ProviderProfile::sha256, 64},
    Field{"module_mac", &ProviderProfile::module_mac, 64},
    Field{"crc32", &ProviderProfile::crc32, 8},
    Field{"certificate", &ProviderProfile::certificate, 0},
};

Error Wrong(const std::filesystem::path& path, std::string_view what) {
  return {Code::kConfiguration, fmt::format("provider profile {}: {}", path.string(), what)};
}

bool IsLowerHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status ReadField(const std::filesystem::path& path, const toml::table& table, const Field& field,
                 ProviderProfile& profile) {
  const auto value = table[field.name].value<std::string>();
  if (!value || value->empty()) return Wrong(path, fmt::format("\"{}\" is missing", field.name));
  if (field.hex_digits != 0 && (value->size() != field.hex_digits || !IsLowerHex(*value))) {
    return Wrong(path, fmt::format("\"{}\" must have {} lower-case hexadecimal digits", field.name,
                                   field.hex_digits));
  }
  profile.*field.member = *value;
  return {};
}

}  // namespace

Result<ProviderProfile> LoadProfile(const std::filesystem::path& path) {
  Result<Bytes> text = ReadFile(path, kLargestProfile);
  if (!text) return Wrong(path, text.error().message());
  const toml::parse_result parsed = toml::parse(AsText(*text));
  if (!parsed) {
    return Wrong(path, fmt::format("line {}: {}", parsed.error().source().begin.line,
                                   parsed.error().description()));
  }
  ProviderProfile profile;
  for (const Field& field : kFields) TRY(ReadField(path, parsed.table(), field, profile));
  for (const auto& [key, value] : parsed.table()) {
    const auto known = std::ranges::find(kFields, key.str(), &Field::name);
    if (known == kFields.end()) return Wrong(path, fmt::format("unknown key \"{}\"", key.str()));
  }
  return profile;
}

}  // namespace vallum::module
