// SPDX-License-Identifier: Apache-2.0
#include "scan/python/python_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <string>

#include "scan/content/text.h"
#include "scan/python/python_package.h"

namespace vallum::scan {
namespace {

constexpr auto kWeakHashes =
    std::to_array<std::string_view>({"md5", "md4", "ripemd160", "blake2b", "blake2s", "sm3"});

bool IsMetadata(std::string_view path) {
  return path.ends_with(".dist-info/METADATA") || path.ends_with(".egg-info/PKG-INFO") ||
         path.ends_with(".egg-info");
}

/// PEP 503: one name for "PyNaCl", "argon2_cffi" and "argon2.cffi".
std::string Normalised(std::string_view name) {
  std::string out;
  for (const char one : name) {
    const bool separator = one == '-' || one == '_' || one == '.';
    if (separator && !out.empty() && out.back() == '-') continue;
    out += separator ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(one)));
  }
  return out;
}

Facts Metadata(std::string_view text) {
  std::string name, version;
  for (const std::string_view line : LinesOf(text)) {
    if (line.empty()) break;  // the description follows
    if (name.empty() && line.starts_with("Name:")) name = Trim(line.substr(5));
    if (version.empty() && line.starts_with("Version:")) version = Trim(line.substr(8));
  }
  const auto known =
      std::find_if(kPythonPackages.begin(), kPythonPackages.end(),
                   [&](const PythonPackage& row) { return row.distribution == Normalised(name); });
  if (known == kPythonPackages.end()) return {};
  return {{FactKind::kPythonPackage, std::string(known->distribution), version, Confidence::kExact,
           fmt::format("metadata of distribution {}", name)}};
}

/// Source looks at the statements of one file, line by line.
class Source {
 public:
  explicit Source(std::string_view path) : path_(path) {}

  Facts Read(std::string_view text) {
    for (const std::string_view line : LinesOf(text)) {
      ++number_;
      if (!SkipDocumentation(line)) Statement(Trim(line));
    }
    return std::move(facts_);
  }

 private:
  /// Texts in three quotes hold examples. True for every line that one touches.
  bool SkipDocumentation(std::string_view line) {
    bool touched = !open_.empty();
    for (std::size_t at = 0; at + 3 <= line.size(); ++at) {
      at = line.find_first_of("#\"'", at);
      if (at == std::string_view::npos) break;
      const std::string_view three = line.substr(at, 3);
      if (open_.empty() && line[at] == '#') break;
      const bool mark = three == "\"\"\"" || three == "'''";
      if (!mark || (!open_.empty() && three != open_)) continue;
      touched = true;
      open_ = open_.empty() ? three : std::string_view();
      at += 2;
    }
    return touched;
  }

  void Statement(std::string_view line) {
    line = line.substr(0, line.find('#'));
    const bool is_from = line.starts_with("from ");
    if (is_from || line.starts_with("import ")) {
      std::string_view rest = line.substr(is_from ? 5 : 7);
      if (is_from) return Module(Trim(rest).substr(0, Trim(rest).find_first_of(" .")));
      while (!rest.empty()) {
        const std::string_view one = Trim(rest.substr(0, rest.find(',')));
        Module(one.substr(0, one.find_first_of(" .")));
        rest.remove_prefix(std::min(rest.size(), rest.find(',')));
        if (!rest.empty()) rest.remove_prefix(1);
      }
      return;
    }
    Hashes(line);
  }

  void Module(std::string_view module) {
    // A package's own files import one another; that it is there is a fact of its own.
    if (module.empty() || HasFolder(path_, module)) return;
    const auto known = std::find_if(kPythonPackages.begin(), kPythonPackages.end(),
                                    [&](const PythonPackage& row) { return row.module == module; });
    if (known == kPythonPackages.end() || !modules_.insert(known->module).second) return;
    facts_.push_back({FactKind::kPythonImport, std::string(known->distribution), "",
                      Confidence::kStrong, fmt::format("line {} imports {}", number_, module)});
  }

  /// hashlib.md5(...) and hashlib.new("md5", ...). Who says usedforsecurity=False means no protection.
  void Hashes(std::string_view line) {
    const std::size_t at = line.find("hashlib.");
    if (at == std::string_view::npos || line.find("usedforsecurity=False") != line.npos) return;
    std::string_view call = line.substr(at + 8);
    if (call.starts_with("new("))
      call.remove_prefix(std::min(call.size(), call.find_first_not_of("new(\"' ")));
    for (const std::string_view hash : kWeakHashes) {
      const std::string_view rest = call.substr(std::min(hash.size(), call.size()));
      const bool ends = !rest.empty() && std::string_view("(\"',").find(rest[0]) != rest.npos;
      if (!call.starts_with(hash) || !ends || !hashes_.insert(hash).second) continue;
      facts_.push_back({FactKind::kPythonWeakHash, std::string(hash), "", Confidence::kStrong,
                        fmt::format("line {} asks hashlib for {}", number_, hash)});
    }
  }

  const std::string_view path_;
  std::size_t number_ = 0;
  std::string_view open_;  // the quotes of the text that is open
  std::set<std::string_view> modules_;
  std::set<std::string_view> hashes_;
  Facts facts_;
};

/// Of Python's own library, or of an installed distribution, which its metadata stands for.
bool IsInstalled(std::string_view path) {
  if (HasFolder(path, "site-packages") || HasFolder(path, "dist-packages")) return true;
  const std::size_t at = path.find("lib/python");
  return at != std::string_view::npos && (at == 0 || path[at - 1] == '/');
}

/// Where projects keep copies of other people's distributions.
bool IsVendored(std::string_view path) {
  constexpr auto kFolders =
      std::to_array<std::string_view>({"third_party", "_vendor", "vendored", "vendor"});
  return std::any_of(kFolders.begin(), kFolders.end(),
                     [path](std::string_view folder) { return HasFolder(path, folder); });
}

/// "rsa" of ".../rsa/__init__.py", the file that makes a folder a package.
const PythonPackage* PackageOfFolder(std::string_view path) {
  constexpr std::string_view kFile = "/__init__.py";
  if (!path.ends_with(kFile)) return nullptr;
  const std::string_view folder = NameOf(path.substr(0, path.size() - kFile.size()));
  const auto* const known =
      std::find_if(kPythonPackages.begin(), kPythonPackages.end(),
                   [folder](const PythonPackage& row) { return row.module == folder; });
  return known == kPythonPackages.end() ? nullptr : known;
}

/// Imports and calls in copies of other people's code are theirs; the copied distribution is what counts.
Facts InSource(std::string_view path, std::string_view text) {
  Facts facts;
  const PythonPackage* const package = PackageOfFolder(path);
  if (package != nullptr) {
    facts.push_back({FactKind::kPythonPackage, std::string(package->distribution), "",
                     IsVendored(path) ? Confidence::kStrong : Confidence::kWeak,
                     fmt::format("a package of the name {}, in source", package->module)});
  }
  if (IsVendored(path)) return facts;
  Facts more = Source(path).Read(text);
  facts.insert(facts.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  return facts;
}

}  // namespace

bool IsPythonFile(std::string_view path) {
  if (IsMetadata(path)) return true;
  if (!path.ends_with(".py") || IsInstalled(path)) return false;
  return !IsVendored(path) || PackageOfFolder(path) != nullptr;
}

Result<Facts> DetectPython(std::string_view path, const Content& content) {
  const std::string text = TRY(ReadText(content));
  return IsMetadata(path) ? Metadata(text) : InSource(path, text);
}

}  // namespace vallum::scan
