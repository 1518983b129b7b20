// SPDX-License-Identifier: Apache-2.0
#include "scan/collector.h"

#include <algorithm>
#include <iterator>

#include "scan/elf/elf_detector.h"
#include "scan/go/go_detector.h"

namespace vallum::scan {
namespace {

/// Whether `path` is `file` or something inside it.
bool IsOrIsInside(std::string_view path, std::string_view file) {
  return path.starts_with(file) && (path.size() == file.size() || path[file.size()] == '!');
}

Result<Facts> DetectAll(const ContentPtr& content) {
  const ElfFile file = TRY(ElfFile::Parse(content));
  Facts facts = TRY(DetectElf(file));
  Facts more = TRY(DetectGo(file));
  facts.insert(facts.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  return facts;
}

}  // namespace

bool Collector::Wants(std::string_view, FileKind kind, ByteSpan) { return kind == FileKind::kElf; }

void Collector::OnFile(const FileView& file) {
  examined_.fetch_add(1);
  auto facts = DetectAll(file.content);
  if (!facts) return OnProblem(file.path, facts.error());
  if (facts->empty()) return;
  FileFacts found{file.path, file.content->size(), "", *std::move(facts)};
  const bool hash =
      hasher_ && std::any_of(found.facts.begin(), found.facts.end(),
                             [](const Fact& fact) { return fact.kind != FactKind::kNeeds; });
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
