// SPDX-License-Identifier: Apache-2.0
#include "scan/node/lockfile.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>

#include "base/json.h"
#include "scan/content/text.h"
#include "scan/node/node_package.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kModules = "node_modules/";
constexpr JsonLimits kLimits{.max_bytes = kMaxText, .max_depth = 128};

/// Found collects packages without repeating one.
class Found {
 public:
  explicit Found(std::string_view lockfile) : lockfile_(lockfile) {}

  void Add(std::string_view name, std::string_view version) {
    const std::string_view known = KnownNodePackage(name);
    if (known.empty() || !seen_.emplace(known, version).second) return;
    facts_.push_back({FactKind::kNodeWanted, std::string(known), std::string(version),
                      Confidence::kStrong, fmt::format("{} asks for it", lockfile_)});
  }
  Facts Take() { return std::move(facts_); }

 private:
  const std::string_view lockfile_;
  std::set<std::pair<std::string_view, std::string>> seen_;
  Facts facts_;
};

std::string_view VersionOf(const JsonValue& entry) {
  const auto version = entry.Find("version");
  const auto text = version ? version->AsString() : Result<std::string_view>("");
  return text ? *text : std::string_view();
}

/// Version 1: objects within objects. The parser's bound of the depth holds here too.
void ReadDependencies(const JsonValue& owner, Found& found) {
  const auto dependencies = owner.Find("dependencies");
  if (!dependencies || !dependencies->IsObject()) return;
  const auto members = dependencies->Members();
  if (!members) return;
  for (const auto& [name, entry] : *members) {
    if (!entry.IsObject()) continue;
    found.Add(name, VersionOf(entry));
    ReadDependencies(entry, found);
  }
}

Status ReadNpm(std::string_view text, Found& found) {
  const JsonDocument document = TRY(JsonDocument::Parse(text, kLimits));
  ReadDependencies(document.root(), found);
  const auto packages = document.root().Find("packages");
  if (!packages) return {};
  for (const auto& [path, entry] : TRY(packages->Members())) {
    const std::size_t at = path.rfind(kModules);
    if (at == std::string_view::npos || !entry.IsObject()) continue;
    found.Add(path.substr(at + kModules.size()), VersionOf(entry));
  }
  return {};
}

/// "name@range" without the range; the first "@" belongs to a scoped name.
std::string_view WithoutRange(std::string_view text) {
  return text.substr(0, text.find('@', text.starts_with('@') ? 1 : 0));
}

/// `"crypto-js@^4.0.0, crypto-js@^4.2.0":`, and on a line below it `  version "4.2.0"` or `version: 4.2.0`.
void ReadYarn(std::string_view text, Found& found) {
  std::string_view name;
  for (std::string_view line : LinesOf(text)) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] != ' ') {
      if (line[0] == '"') line.remove_prefix(1);
      name = WithoutRange(line);
    } else if (line.starts_with("  version")) {
      const auto words = WordsOf(line);
      std::string_view version = words.size() < 2 ? std::string_view() : words[1];
      if (version.starts_with('"')) version = version.substr(1, version.size() - 2);
      found.Add(std::exchange(name, {}), version);
    }
  }
}

/// `  /crypto-js@4.2.0:`, `  'crypto-js@4.2.0':`, and before version 6 `  /crypto-js/4.2.0:`.
void ReadPnpm(std::string_view text, Found& found) {
  for (std::string_view line : LinesOf(text)) {
    if (!line.starts_with("  ") || line.starts_with("   ") || !line.ends_with(':')) continue;
    line = line.substr(2, line.size() - 3);
    while (!line.empty() && (line[0] == '/' || line[0] == '\'')) line.remove_prefix(1);
    const std::string_view name = WithoutRange(line);
    if (name.size() < line.size()) {
      const std::string_view version = line.substr(name.size() + 1);
      found.Add(name, version.substr(0, version.find_first_of("('")));
    } else if (const std::size_t slash = line.rfind('/'); slash != std::string_view::npos) {
      found.Add(line.substr(0, slash), line.substr(slash + 1));
    }
  }
}

}  // namespace

bool IsLockfile(std::string_view name) {
  return name == "package-lock.json" || name == "npm-shrinkwrap.json" || name == "yarn.lock" ||
         name == "pnpm-lock.yaml";
}

Result<Facts> ReadLockfile(std::string_view name, std::string_view text) {
  Found found(name);
  if (name == "yarn.lock") {
    ReadYarn(text, found);
  } else if (name == "pnpm-lock.yaml") {
    ReadPnpm(text, found);
  } else {
    TRY(ReadNpm(text, found));
  }
  return found.Take();
}

}  // namespace vallum::scan
