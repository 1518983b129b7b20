// SPDX-License-Identifier: Apache-2.0
#include "scan/java/build_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "scan/content/text.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kLockfile = "gradle.lockfile", kProject = "pom.xml";
constexpr std::string_view kBegin = "<artifactId>", kEnd = "</artifactId>";
constexpr std::string_view kCommentBegin = "<!--", kCommentEnd = "-->";

class Found {
 public:
  explicit Found(std::string_view file) : file_(file) {}

  void Add(std::string_view artifact, std::string_view version) {
    const auto* const row =
        std::find_if(kJavaArtifacts.begin(), kJavaArtifacts.end(),
                     [&](const JavaArtifact& one) { return artifact.starts_with(one.begins); });
    if (row == kJavaArtifacts.end() || !seen_.emplace(row->product, version).second) return;
    facts_.push_back({FactKind::kJavaWanted, std::string(row->product), std::string(version),
                      Confidence::kStrong, fmt::format("{} asks for {}", file_, artifact)});
  }
  Facts Take() { return std::move(facts_); }

 private:
  const std::string_view file_;
  std::set<std::pair<std::string_view, std::string>> seen_;
  Facts facts_;
};

/// "org.bouncycastle:bcprov-jdk18on:1.78=compileClasspath,runtimeClasspath"
void ReadLockfile(std::string_view text, Found& found) {
  for (const std::string_view line : LinesOf(text)) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (line.starts_with('#') || first == line.npos || second == line.npos) continue;
    const std::string_view version = line.substr(second + 1);
    found.Add(line.substr(first + 1, second - first - 1), version.substr(0, version.find('=')));
  }
}

void ReadProject(std::string_view text, Found& found) {
  while (true) {
    const std::size_t comment = text.find(kCommentBegin), begin = text.find(kBegin);
    if (begin == std::string_view::npos) return;
    if (comment < begin) {
      const std::size_t end = text.find(kCommentEnd, comment);
      text.remove_prefix(std::min(end, text.size()));
      continue;
    }
    text.remove_prefix(begin + kBegin.size());
    found.Add(Trim(text.substr(0, text.find(kEnd))), "");
  }
}

}  // namespace

bool IsJavaBuildFile(std::string_view path) {
  const std::string_view name = NameOf(path);
  return name == kLockfile || (name == kProject && !HasFolder(path, "META-INF"));
}

Facts ReadJavaBuildFile(std::string_view path, std::string_view text) {
  Found found(NameOf(path));
  if (NameOf(path) == kLockfile) {
    ReadLockfile(text, found);
  } else {
    ReadProject(text, found);
  }
  return found.Take();
}

}  // namespace vallum::scan
