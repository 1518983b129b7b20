// SPDX-License-Identifier: Apache-2.0
// The server's command line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace vallum::server {

enum class Mode : std::uint8_t { kServe, kCheckConfig };

struct CommandLine {
  Mode mode = Mode::kServe;
  std::filesystem::path config;  ///< empty: defaults
  std::filesystem::path data = "var";
  std::filesystem::path port_file;  ///< empty: none
};

/// Parsed is a command line, or the exit code of one that was answered already (--help, a mistake).
struct Parsed {
  std::optional<CommandLine> command_line;
  int exit_code = 0;
};

/// ParseCommandLine prints help, version and mistakes itself.
Parsed ParseCommandLine(int argc, char** argv);

}  // namespace vallum::server
