// SPDX-License-Identifier: Apache-2.0
// A running process, as /proc shows it: what it runs, what it has mapped, what its environment switches.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "scan/content/content.h"
#include "scan/fact/fact.h"
#include "scan/host/memory_map.h"

namespace vallum::scan {

struct Process {
  std::uint32_t pid = 0;
  std::string name;             ///< as the kernel has it, at most 15 bytes, chosen by the process
  std::string executable;       ///< in its own root; empty for a thread of the kernel
  std::string mount_namespace;  ///< "mnt:[4026531841]"
  std::vector<MappedFile> files;
  Facts environment;  ///< variables that switch FIPS mode; no value of any other is kept
};

/// ReadProcFile reads a file that says of itself that it is empty. kNotFound when there is none (any more),
/// kStorage when it may not be read, kResourceExhausted past `max_bytes`.
Result<Bytes> ReadProcFile(const std::filesystem::path& path, std::size_t max_bytes);

/// ListProcesses is every process in `proc`, by number. kStorage.
Result<std::vector<std::uint32_t>> ListProcesses(const std::filesystem::path& proc);

/// ReadProcess is kNotFound when the process has ended, kStorage when it may not be looked at. `folder` is
/// /proc/PID here and below.
Result<Process> ReadProcess(const std::filesystem::path& folder, std::uint32_t pid);

/// OpenMapped opens what is mapped, even when it has no name any more. That takes a privilege; without it,
/// what the name stands for now, and kStorage when that is not what is mapped.
Result<ContentPtr> OpenMapped(const std::filesystem::path& folder, const MappedFile& file);
/// OpenInRoot opens a file by its path in the process's own root, following no link.
Result<ContentPtr> OpenInRoot(const std::filesystem::path& folder, std::string_view path);

}  // namespace vallum::scan
