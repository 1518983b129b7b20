// SPDX-License-Identifier: Apache-2.0
// The inspector's door: Scan looks at a target, says what cryptography is in it, and judges it.
//
//   auto report = TRY(Scan("image.tar", {.as_of = today, .hasher = Sha256Of}));
//   for (const Finding& finding : report.evaluation.findings) ...
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "scan/collector.h"
#include "scan/exception/exceptions.h"
#include "scan/rule/evaluate.h"
#include "scan/target/target.h"

namespace vallum::scan {

struct ScanOptions {
  EvaluationOptions evaluation;
  Hasher hasher = nullptr;  ///< without one no file is known by its hash
  WalkOptions walk = {};
  std::vector<Exception> exceptions = {};
  Progress on_progress = nullptr;  ///< from several threads, one at a time
};

/// ProcessUse is what one process has in memory; paths as in the report.
struct ProcessUse {
  std::uint32_t pid = 0;
  std::string name;
  std::string executable;
  std::vector<std::string> products;  ///< each once
  std::vector<std::string> modules;   ///< paths of FIPS modules
};

struct ScanReport {
  std::string target;
  TargetType type = TargetType::kFile;
  EvaluationOptions options;
  Day table_as_of;
  Collector::Collected collected;
  Evaluation evaluation;
  std::vector<ProcessUse> processes = {};  ///< of a host, by number; those with cryptography
};

/// Scan is an error only when the target cannot be opened at all; what could not be looked at in it is
/// in the report.
Result<ScanReport> Scan(const std::filesystem::path& target, const ScanOptions& options);

}  // namespace vallum::scan
