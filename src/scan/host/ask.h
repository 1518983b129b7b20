// SPDX-License-Identifier: Apache-2.0
// Runtimes asked directly whether they are in FIPS mode. This runs programs of the host, each with a time
// limit and without a terminal; nothing else of the scanner runs anything.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "scan/rule/evaluate.h"
#include "scan/target/visitor.h"

namespace vallum::scan {

struct AskOptions {
  std::vector<std::filesystem::path> folders = {"/usr/local/bin", "/usr/bin"};
  std::chrono::milliseconds limit = std::chrono::seconds(20);  ///< for each program
};

/// RunProgram returns what the program writes, to its output and its errors, at most 64 KiB of it.
/// kTimeout when it takes longer than `limit` (it and its group are killed), kNotFound when it cannot be
/// started, kResourceExhausted when it writes more, kUnsupported when it does not end with 0.
Result<std::string> RunProgram(const std::vector<std::string>& command,
                               std::chrono::milliseconds limit);

/// AskRuntimes asks each runtime that stands in one of the folders. Those that give no answer are told to
/// `problems`.
std::vector<FileFacts> AskRuntimes(const AskOptions& options, Visitor& problems);

}  // namespace vallum::scan
