// SPDX-License-Identifier: Apache-2.0
#include "scan/collector.h"

#include <algorithm>
#include <iterator>

#include "scan/config/config_detector.h"
#include "scan/elf/elf_detector.h"
#include "scan/go/go_detector.h"
#include "scan/java/java_detector.h"
#include "scan/node/node_detector.h"
#include "scan/place/elf_place.h"
#include "scan/python/python_detector.h"
#include "scan/rust/rust_detector.h"
#include "scan/sbom/sbom_detector.h"

namespace vallum::scan {
namespace {

constexpr std::uint64_t kProgressStep = 256;
constexpr std::string_view kEnvironmentPath = "(image environment)";

/// Whether `path` is `file` or something inside it.
bool IsOrIsInside(std::string_view path, std::string_view file) {
  return path.starts_with(file) && (path.size() == file.size() || path[file.size()] == '!');
}

void MoveInto(Facts& all, Facts more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Result<Facts> DetectInElf(const FileView& view) {
  const ElfFile file = TRY(ElfFile::Parse(view.content));
  Facts facts = TRY(DetectElf(file));
  MoveInto(facts, TRY(DetectGo(file)));
  MoveInto(facts, TRY(DetectRust(file)));
  MoveInto(facts, TRY(DetectPlace(view.path, file)));
  return facts;
}

Result<Facts> DetectAll(const FileView& view) {
  if (view.kind == FileKind::kElf) return DetectInElf(view);
  if (IsSbom(view.head)) return DetectSbom(*view.content);
  if (IsJavaFile(view.path, view.kind)) return DetectJava(view.path, view.kind, *view.content);
  if (IsConfigFile(view.path)) return DetectConfig(view.path, *view.content);
  return IsNodeFile(view.path) ? DetectNode(view.path, *view.content)
                               : DetectPython(view.path, *view.content);
}

}  // namespace

/// Metadata, settings and sources are texts: what they are is said by their names alone.
bool Collector::Wants(std::string_view path, FileKind kind, ByteSpan head) {
  if (kind == FileKind::kElf || IsJavaFile(path, kind)) return true;
  return kind == FileKind::kOther &&
         (IsSbom(head) || IsConfigFile(path) || IsNodeFile(path) || IsPythonFile(path));
}

void Collector::OnFile(const FileView& file) {
  examined_.fetch_add(1);
  auto facts = DetectAll(file);
  if (!facts) return OnProblem(file.path, facts.error());
  const bool has_facts = std::any_of(facts->begin(), facts->end(),
                                     [](const Fact& fact) { return !IsRole(fact.kind); });
  if (!has_facts) return;
  FileFacts found{file.path, file.content->size(), "", *std::move(facts)};
  const bool hash = hasher_ && std::any_of(found.facts.begin(), found.facts.end(),
                                           [](const Fact& fact) { return IsUse(fact.kind); });
  if (hash) {
    const auto digest = hasher_(*file.content);
    if (!digest) return OnProblem(file.path, digest.error());
    found.sha256 = ToHex(*digest);
  }
  const std::lock_guard lock(mutex_);
  files_[file.path] = std::move(found);
}

void Collector::OnCounted(FileKind kind, std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  ++ledger_.files[static_cast<std::size_t>(kind)];
  ledger_.bytes += size;
  if (++counted_ % kProgressStep == 0 && on_progress_) on_progress_(counted_);
}

void Collector::OnProblem(std::string_view path, const Error& error) {
  const std::lock_guard lock(mutex_);
  unknown_.push_back({std::string(path), error});
}

void Collector::OnAlias(std::string_view path, std::string_view original) {
  const std::lock_guard lock(mutex_);
  aliases_.emplace_back(path, original);
}

void Collector::OnReplaced(std::string_view path) {
  const std::lock_guard lock(mutex_);
  std::erase_if(files_, [path](const auto& one) { return IsOrIsInside(one.first, path); });
  std::erase_if(unknown_, [path](const Unknown& one) { return IsOrIsInside(one.path, path); });
}

void Collector::OnEnvironment(std::string_view assignment) {
  const std::lock_guard lock(mutex_);
  environment_.emplace_back(assignment);
  MoveInto(environment_facts_, DetectEnvironment(assignment));
}

void Collector::AddAliases() {
  std::vector<FileFacts> more;
  for (const auto& [path, original] : aliases_) {
    for (auto one = files_.lower_bound(original);
         one != files_.end() && one->first.starts_with(original); ++one) {
      if (!IsOrIsInside(one->first, original)) continue;
      more.push_back(one->second);
      more.back().path = path + one->first.substr(original.size());
    }
  }
  for (FileFacts& one : more) {
    std::string path = one.path;
    files_.insert_or_assign(std::move(path), std::move(one));
  }
}

Collector::Collected Collector::Finish() && {
  AddAliases();
  Collected out;
  if (!environment_facts_.empty()) {
    out.files.push_back({std::string(kEnvironmentPath), 0, "", std::move(environment_facts_)});
  }
  for (auto& [path, facts] : files_) out.files.push_back(std::move(facts));
  std::stable_sort(unknown_.begin(), unknown_.end(),
                   [](const Unknown& a, const Unknown& b) { return a.path < b.path; });
  out.unknown = std::move(unknown_);
  out.environment = std::move(environment_);
  out.ledger = ledger_;
  out.ledger.examined = examined_.load();
  return out;
}

}  // namespace vallum::scan
