// SPDX-License-Identifier: Apache-2.0
// Probe looks at the live host: what its processes have in memory, and what the kernel says.
//
//   auto report = TRY(Probe({.scan = {.evaluation = {.as_of = today}, .hasher = Sha256Of}}));
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/result.h"
#include "scan/host/ask.h"
#include "scan/scan.h"

namespace vallum::scan {

struct ProbeOptions {
  ScanOptions scan;
  std::vector<std::uint32_t> pids = {};  ///< these alone, no settings and no kernel; empty: all
  std::optional<AskOptions> ask = {};    ///< run the runtimes found; without it nothing is run
  std::filesystem::path proc = "/proc";
};

/// Probe reads every file that a process has mapped, once, in the process's own root. It is an error only
/// when /proc cannot be read or a process of `pids` is not there (kNotFound); what could not be looked at is
/// in the report. Processes that end meanwhile are left out, and the one that looks, whose module is no part of
/// what it looks at.
Result<ScanReport> Probe(const ProbeOptions& options);

}  // namespace vallum::scan
