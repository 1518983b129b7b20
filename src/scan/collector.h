// SPDX-License-Identifier: Apache-2.0
// Collector: the visitor that runs the detectors and keeps what they say. Files without a fact cost
// nothing but a count.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "scan/fact/fact.h"
#include "scan/rule/evaluate.h"
#include "scan/target/visitor.h"

namespace vallum::scan {

/// Hasher gives the SHA-256 of a content. It is called from several threads at once.
using Hasher = std::function<Result<Bytes>(const Content& content)>;

/// Progress is told now and then how many files there have been.
using Progress = std::function<void(std::uint64_t files)>;

struct Unknown {
  std::string path;
  Error error;
};

/// Ledger accounts for every file.
struct Ledger {
  std::array<std::uint64_t, kFileKinds> files = {};
  std::uint64_t bytes = 0;
  std::uint64_t examined = 0;  ///< by a detector
};

class Collector final : public Visitor {
 public:
  /// Without a hasher files are not hashed.
  explicit Collector(Hasher hasher, Progress on_progress = nullptr)
      : hasher_(std::move(hasher)), on_progress_(std::move(on_progress)) {}

  bool Wants(std::string_view path, FileKind kind, ByteSpan head) override;
  void OnFile(const FileView& file) override;
  void OnCounted(FileKind kind, std::uint64_t size) override;
  void OnProblem(std::string_view path, const Error& error) override;
  void OnAlias(std::string_view path, std::string_view original) override;
  void OnReplaced(std::string_view path) override;
  void OnEnvironment(std::string_view assignment) override;

  struct Collected {
    std::vector<FileFacts> files;  ///< by path, the environment first; hard links each on their own
    std::vector<Unknown> unknown;  ///< by path
    std::vector<std::string> environment;
    Ledger ledger;
  };
  /// Finish ends the collection.
  Collected Finish() &&;

 private:
  void AddAliases();
  const Hasher hasher_;
  const Progress on_progress_;
  std::uint64_t counted_ = 0;
  std::mutex mutex_;
  std::map<std::string, FileFacts, std::less<>> files_;
  std::vector<std::pair<std::string, std::string>> aliases_;
  std::vector<Unknown> unknown_;
  std::vector<std::string> environment_;
  Facts environment_facts_;
  Ledger ledger_;
  std::atomic<std::uint64_t> examined_ = 0;
};

}  // namespace vallum::scan
