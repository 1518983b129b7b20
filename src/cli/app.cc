// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/commands.h"

#ifndef VALLUM_VERSION
#define VALLUM_VERSION "unknown"
#endif

namespace vallum::cli {
namespace {

constexpr const char* kDescription =
    "Keys served from inside a FIPS 140-3 boundary: make them, use them, and check what was done.";
constexpr const char* kFooter =
    "\nExit codes: 0 yes, 1 the answer is no (wrong signature, altered file or log), 2 usage,\n"
    "3 not found, 4 refused, 5 server or network, 6 local file, 7 local module,\n"
    "8 a part of what was scanned could not be determined.\n"
    "Profile: --profile, else $VALLUM_PROFILE, else ./var/client/admin/client.toml, else\n"
    "~/.config/vallum/client.toml. The manual: docs/cli.md.";

struct Globals {
  std::string profile;
  bool json = false;
};

void AddGlobals(CLI::App& app, Globals& globals) {
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", std::string("vallum ") + VALLUM_VERSION);
  app.add_option("--profile", globals.profile, "client.toml, or the folder that holds it")
      ->type_name("PATH");
  app.add_flag("--json", globals.json, "One JSON document on standard output");
  app.footer(kFooter);
}

void AddVerbs(CLI::App& app, Verb& chosen) {
  AddStatusCommands(app, chosen);
  AddKeyCommands(app, chosen);
  AddSignatureCommands(app, chosen);
  AddEnvelopeCommands(app, chosen);
  AddRandomCommand(app, chosen);
  AddClientCommands(app, chosen);
  AddAuditCommands(app, chosen);
  AddScanCommand(app, chosen);
  AddProbeCommand(app, chosen);
  AddTokenCommands(app, chosen);
  AddUpCommand(app, chosen);
}

Context MakeContext(const Globals& globals, const Environment& environment) {
  std::error_code ignored;
  ProfileSources sources{.option = globals.profile,
                         .environment = environment.profile,
                         .working_folder = std::filesystem::current_path(ignored),
                         .home = environment.home};
  return Context(std::move(sources), {.json = globals.json,
                                      .colour = ::isatty(STDOUT_FILENO) && !environment.no_colour,
                                      .progress = ::isatty(STDERR_FILENO) != 0});
}

ExitCode RunVerb(const Verb& verb, Context& context) {
  auto done = verb(context);
  const ExitCode code = done ? *done : ExitCodeOf(done.error().code());
  if (!done) context.out().Failure(done.error());
  auto flushed = context.out().Flush();
  if (flushed) return code;
  context.out().Failure(flushed.error());
  return ExitCodeOf(flushed.error().code());
}

}  // namespace

int RunCli(int argc, const char* const* argv, const Environment& environment) {
  CLI::App app(kDescription, "vallum");
  Globals globals;
  Verb chosen;
  AddGlobals(app, globals);
  AddVerbs(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    if (wrong.get_exit_code() == 0) return app.exit(wrong);
    fmt::print(stderr, "vallum: {}. `vallum --help` or `vallum VERB --help` lists what there is\n",
               wrong.what());
    return static_cast<int>(ExitCode::kUsage);
  }
  Context context = MakeContext(globals, environment);
  return static_cast<int>(RunVerb(chosen, context));
}

}  // namespace vallum::cli
