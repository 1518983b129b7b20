// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdlib>

#include "cli/commands.h"

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const vallum::cli::Environment environment{.profile = Variable("VALLUM_PROFILE"),
                                             .home = Variable("HOME"),
                                             .no_colour = !Variable("NO_COLOR").empty()};
  return vallum::cli::RunCli(argc, argv, environment);
}
