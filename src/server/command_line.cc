// SPDX-License-Identifier: Apache-2.0
#include "server/command_line.h"

#include <CLI/CLI.hpp>

#include "server/instance.h"

namespace vallum::server {

Parsed ParseCommandLine(int argc, char** argv) {
  CommandLine line;
  bool check = false;
  CLI::App app("vallumd: keys served from inside a FIPS 140-3 boundary (itself not validated)",
               "vallumd");
  app.add_option("--config", line.config, "Configuration file, TOML; without it the defaults hold")
      ->type_name("FILE");
  app.add_option("--data", line.data, "Folder of everything the server keeps (default: ./var)")
      ->type_name("DIR");
  app.add_option("--port-file", line.port_file, "Write the port to this file when ready")
      ->type_name("FILE");
  app.add_flag("--check-config", check,
               "Check the configuration, print what is in effect, and end");
  app.set_version_flag("--version", "vallumd " VALLUM_VERSION);
  app.footer(
      "Exit codes: 0 stopped or checked, 1 other, 2 configuration, 3 module or integrity,\n"
      "4 store or audit log, 5 network.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return {std::nullopt, code == 0 ? 0 : static_cast<int>(ExitCode::kConfiguration)};
  }
  if (check) line.mode = Mode::kCheckConfig;
  return {line, 0};
}

}  // namespace vallum::server
