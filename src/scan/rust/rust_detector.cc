// SPDX-License-Identifier: Apache-2.0
#include "scan/rust/rust_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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

/// Crates that Rust's own library is built with, so that their paths are in every program.
constexpr auto kOfTheLibrary = std::to_array<std::string_view>(
    {"addr2line", "adler", "adler2", "cfg-if", "compiler_builtins", "gimli", "hashbrown", "libc",
     "memchr", "miniz_oxide", "object", "rustc-demangle", "unwind"});

struct Paths {
  bool is_rust = false;
  bool names_others = false;  ///< crates that are none of the library's and have no primitives
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
    if (!crate || match.behind.find(".rs") >= 120) return;
    if (!KnownRustCrate(crate->name).empty()) {
      paths.crates.insert(*std::move(crate));
    } else if (std::find(kOfTheLibrary.begin(), kOfTheLibrary.end(), crate->name) ==
               kOfTheLibrary.end()) {
      paths.names_others = true;
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
  // A program whose messages name its crates, none of them with primitives, has said enough.
  if (paths.crates.empty() && !paths.names_others) {
    facts.push_back({FactKind::kRustNoManifest, "Rust", "", Confidence::kStrong,
                     "paths of Rust's library, none of a crate, and no manifest"});
  }
  return facts;
}

}  // namespace vallum::scan
