// SPDX-License-Identifier: Apache-2.0
#include "scan/place/elf_place.h"

#include <fmt/format.h>

#include <algorithm>

#include "scan/content/text.h"
#include "scan/elf/elf_symbols.h"

namespace vallum::scan {
namespace {

constexpr auto kJavaArchives =
    std::to_array<std::string_view>({".jar", ".war", ".ear", ".sar", ".jmod", ".hpi"});

bool HasKind(const Facts& facts, FactKind kind) {
  return std::any_of(facts.begin(), facts.end(),
                     [kind](const Fact& fact) { return fact.kind == kind; });
}

/// auditwheel puts the libraries that a wheel brings along into "<distribution>.libs".
bool IsInWheelLibraries(std::string_view path) {
  const std::size_t name = path.find_last_of("/!");
  if (name == std::string_view::npos) return false;
  return NameOf(path.substr(0, name)).ends_with(".libs");
}

bool IsInJavaArchive(std::string_view path) {
  const std::size_t mark = path.rfind('!');
  if (mark == std::string_view::npos) return false;
  return std::any_of(kJavaArchives.begin(), kJavaArchives.end(),
                     [&](std::string_view end) { return path.substr(0, mark).ends_with(end); });
}

}  // namespace

Result<Facts> DetectPlace(std::string_view path, const ElfFile& file) {
  Facts facts;
  const auto on_symbol = [&facts](const ElfSymbol& symbol) {
    if (!symbol.defined || symbol.name.empty()) return;
    for (const RoleSymbol& row : kRoleSymbols) {
      if (row.name.front() != symbol.name.front()) continue;
      const bool same = row.is_prefix ? symbol.name.starts_with(row.name) : symbol.name == row.name;
      if (!same || HasKind(facts, row.kind)) continue;
      facts.push_back({row.kind, std::string(row.product), "", Confidence::kExact,
                       fmt::format("symbol {} is defined", symbol.name)});
    }
  };
  TRY(ForEachSymbol(file, on_symbol, SymbolTables::kDynamic));
  if (IsInWheelLibraries(path)) {
    facts.push_back(
        {FactKind::kInWheel, "Python", "", Confidence::kStrong, "it stands in a folder *.libs"});
  }
  if (IsInJavaArchive(path)) {
    facts.push_back(
        {FactKind::kInJar, "Java", "", Confidence::kExact, "it stands in a Java archive"});
  }
  return facts;
}

}  // namespace vallum::scan
