// SPDX-License-Identifier: Apache-2.0
#include "scan/node/node_detector.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string>

#include "base/json.h"
#include "scan/content/text.h"
#include "scan/node/lockfile.h"
#include "scan/node/node_package.h"

namespace vallum::scan {
namespace {

constexpr auto kRoots =
    std::to_array<std::string_view>({"node_modules/", "share/nodejs/", "lib/nodejs/"});
constexpr auto kSources =
    std::to_array<std::string_view>({".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx"});
constexpr auto kWeakHashes = std::to_array<std::string_view>(
    {"md5", "md4", "rmd160", "ripemd160", "blake2b512", "blake2s256", "sm3"});

/// Where the name of an installed package begins in a path; npos: nowhere.
std::size_t AfterRoot(std::string_view path) {
  std::size_t best = std::string_view::npos;
  for (const std::string_view root : kRoots) {
    const std::size_t at = path.rfind(root);
    const bool whole = at == 0 || (at != path.npos && (path[at - 1] == '/' || path[at - 1] == '!'));
    if (whole && (best == path.npos || at + root.size() > best)) best = at + root.size();
  }
  return best;
}

/// "crypto-js" of ".../node_modules/crypto-js/package.json"; empty for a package.json deeper inside.
std::string_view InstalledName(std::string_view path) {
  constexpr std::string_view kFile = "/package.json";
  const std::size_t at = AfterRoot(path);
  if (at == std::string_view::npos || !path.ends_with(kFile) || path.size() - kFile.size() < at)
    return {};
  const std::string_view name = path.substr(at, path.size() - at - kFile.size());
  const std::size_t slash = name.find('/');
  const bool scoped =
      name.starts_with('@') && slash != name.npos && name.find('/', slash + 1) == name.npos;
  return slash == name.npos || scoped ? name : std::string_view();
}

bool IsSource(std::string_view path) {
  if (AfterRoot(path) != std::string_view::npos) return false;
  return std::any_of(kSources.begin(), kSources.end(),
                     [path](std::string_view end) { return path.ends_with(end); });
}

/// An alias stands in a folder of another name: the file's own name counts.
Result<Facts> Installed(std::string_view folder, std::string_view text) {
  const auto document = JsonDocument::Parse(text, {.max_bytes = kMaxText, .max_depth = 128});
  if (!document || !document->root().IsObject()) {
    // Many packages carry broken ones as tests of theirs.
    if (KnownNodePackage(folder).empty()) return Facts();
    return InvalidArgument("the package.json of a cryptographic package is no JSON object");
  }
  const auto text_of = [&](std::string_view member) {
    const auto value = document->root().Find(member);
    const auto string = value ? value->AsString() : Result<std::string_view>("");
    return string ? *string : std::string_view();
  };
  const std::string_view known = KnownNodePackage(text_of("name"));
  if (known.empty()) return Facts();
  return Facts{{FactKind::kNodePackage, std::string(known), std::string(text_of("version")),
                Confidence::kExact, "its package.json is installed"}};
}

class Source {
 public:
  Facts Read(std::string_view text) {
    for (const std::string_view line : LinesOf(text)) {
      ++number_;
      const std::string_view statement = Trim(line);
      if (statement.starts_with("//") || statement.starts_with('*')) continue;
      for (const std::string_view call : {"require(", "from ", "import ", "import("}) {
        ForEachArgument(line, call, [this](std::string_view name) { Package(name); });
      }
      for (const std::string_view call : {"createHash(", "createHmac("}) {
        ForEachArgument(line, call, [this](std::string_view name) { Hash(name); });
      }
    }
    return std::move(facts_);
  }

 private:
  /// The quoted text right behind each `call`.
  template <typename OnOne>
  static void ForEachArgument(std::string_view line, std::string_view call, OnOne on_one) {
    for (std::size_t at = line.find(call); at != line.npos; at = line.find(call, at + 1)) {
      const std::string_view rest = Trim(line.substr(at + call.size()));
      if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) continue;
      on_one(rest.substr(1, rest.find(rest[0], 1) - 1));
    }
  }

  void Package(std::string_view name) {
    const std::size_t slash = name.find('/', name.starts_with('@') ? name.find('/') + 1 : 0);
    const std::string_view known = KnownNodePackage(name.substr(0, slash));
    if (known.empty() || !seen_.insert(known).second) return;
    facts_.push_back({FactKind::kNodeWanted, std::string(known), "", Confidence::kStrong,
                      fmt::format("line {} imports it", number_)});
  }

  void Hash(std::string_view name) {
    for (const std::string_view hash : kWeakHashes) {
      const bool same =
          std::equal(hash.begin(), hash.end(), name.begin(), name.end(),
                     [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
      if (!same || !seen_.insert(hash).second) continue;
      facts_.push_back({FactKind::kNodeWeakHash, std::string(hash), "", Confidence::kStrong,
                        fmt::format("line {} asks node:crypto for {}", number_, hash)});
    }
  }

  std::size_t number_ = 0;
  std::set<std::string_view> seen_;
  Facts facts_;
};

}  // namespace

bool IsNodeFile(std::string_view path) {
  if (!InstalledName(path).empty()) return true;
  return AfterRoot(path) == std::string_view::npos && (IsLockfile(NameOf(path)) || IsSource(path));
}

Result<Facts> DetectNode(std::string_view path, const Content& content) {
  const std::string text = TRY(ReadText(content));
  if (const std::string_view folder = InstalledName(path); !folder.empty()) {
    return Installed(folder, text);
  }
  return IsLockfile(NameOf(path)) ? ReadLockfile(NameOf(path), text) : Source().Read(text);
}

}  // namespace vallum::scan
