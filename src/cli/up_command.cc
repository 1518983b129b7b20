// SPDX-License-Identifier: Apache-2.0
// vallum up: the server, in the foreground, as this process.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>

#include "base/file.h"
#include "cli/commands.h"

namespace vallum::cli {
namespace {

struct UpOptions {
  std::string data = "./var";
  std::string config;
};

Result<ExitCode> BecomeServer(const UpOptions& options) {
  const std::string server = (TRY(InstallPrefix()) / "bin/vallumd").string();
  std::vector<std::string> words = {server, "--data", options.data};
  if (!options.config.empty()) words.insert(words.end(), {"--config", options.config});
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(server.c_str(), arguments.data());
  return ErrnoError(errno, "starting " + server);
}

}  // namespace

void AddUpCommand(CLI::App& app, Verb& chosen) {
  auto options = std::make_shared<UpOptions>();
  CLI::App* verb = app.add_subcommand("up", "Start vallumd in the foreground");
  verb->add_option("--data", options->data, "Its data folder")->capture_default_str();
  verb->add_option("--config", options->config, "Its configuration file");
  verb->callback(
      [&chosen, options] { chosen = [options](Context&) { return BecomeServer(*options); }; });
}

}  // namespace vallum::cli
