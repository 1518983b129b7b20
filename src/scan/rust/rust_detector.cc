// SPDX-License-Identifier: Apache-2.0
#include "scan/rust/rust_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scan/elf/elf_data.h"
#include "scan/rust/rust_crate.h"
#include "scan/rust/rust_manifest.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kManifest = ".dep-v0";
constexpr std::string_view kSourceFolder = "/src/";
constexpr std::string_view kDigits = "0123456789";

/// "ring-0.17.14" of ".../ring-0.17.14" in front of "/src/"; nothing for other folders.
std::optional<RustCrate> CrateBefore(std::string_view before) {
  const std::size_t slash = before.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view folder = before.substr(slash + 1);
  for (std::size_t dash = folder.find('-'); dash != folder.npos;
       dash = folder.find('-', dash + 1)) {
    const std::string_view version = folder.substr(dash + 1);
    const bool is_version = !version.empty() && kDigits.find(version[0]) != kDigits.npos &&
                            std::count(version.begin(), version.end(), '.') >= 2;
    if (is_version) return RustCrate{std::string(folder.substr(0, dash)), std::string(version)};
  }
  return std::nullopt;
}

struct Paths {
  bool is_rust = false;
  std::set<RustCrate> crates;
};

/// The standard library's own files stand under /rustc/ or, in Debian, /usr/src/rustc-.
Result<Paths> ReadPaths(const ElfFile& file) {
  Paths paths;
  TRY(ForEachMatch(file, kSourceFolder, [&paths](const ElfMatch& match) {
    if (match.before.ends_with("/library/std") || match.before.ends_with("/library/core") ||
        match.before.ends_with("/library/alloc")) {
      paths.is_rust = true;
    }
    auto crate = CrateBefore(match.before);
    if (crate && !KnownRustCrate(crate->name).empty() && match.behind.find(".rs") < 120) {
      paths.crates.insert(*std::move(crate));
    }
  }));
  return paths;
}

void Add(const RustCrate& crate, Confidence confidence, std::string evidence, Facts& facts) {
  facts.push_back({FactKind::kRustCrate, std::string(KnownRustCrate(crate.name)), crate.version,
                   confidence, std::move(evidence)});
}

}  // namespace

Result<Facts> DetectRust(const ElfFile& file) {
  Facts facts;
  if (const ElfSection* section = file.Section(kManifest); section != nullptr) {
    for (const RustCrate& crate : TRY(ReadRustManifest(file.content(), *section))) {
      if (KnownRustCrate(crate.name).empty()) continue;
      Add(crate, Confidence::kExact, "manifest of its crates (.dep-v0)", facts);
    }
    return facts;
  }
  const Paths paths = TRY(ReadPaths(file));
  if (!paths.is_rust) return facts;
  for (const RustCrate& crate : paths.crates) {
    Add(crate, Confidence::kStrong,
        fmt::format("path {}-{}/src/ in its messages", crate.name, crate.version), facts);
  }
  if (paths.crates.empty()) {
    facts.push_back({FactKind::kRustNoManifest, "Rust", "", Confidence::kStrong,
                     "paths of Rust's library, and no manifest of its crates"});
  }
  return facts;
}

}  // namespace vallum::scan
