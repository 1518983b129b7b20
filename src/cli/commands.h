// SPDX-License-Identifier: Apache-2.0
// The verbs of `vallum`, one Add... function for each group and each in a file of its own. An Add...
// function declares the options; the verb itself runs later, when the whole line was understood.
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "cli/context.h"
#include "cli/exit_code.h"

namespace CLI {
class App;
}

namespace vallum::cli {

/// Verb does the work; an Error becomes the exit code that ExitCodeOf says.
using Verb = std::function<Result<ExitCode>(Context&)>;

void AddStatusCommands(CLI::App& app, Verb& chosen);     // status, module
void AddZeroiseCommand(CLI::App& module, Verb& chosen);  // module zeroise
void AddKeyCommands(CLI::App& app, Verb& chosen);        // key
void AddSignatureCommands(CLI::App& app, Verb& chosen);  // sign, verify
void AddEnvelopeCommands(CLI::App& app, Verb& chosen);   // encrypt, decrypt
void AddRandomCommand(CLI::App& app, Verb& chosen);      // random
void AddClientCommands(CLI::App& app, Verb& chosen);     // client, grant
void AddAuditCommands(CLI::App& app, Verb& chosen);      // audit
void AddScanCommand(CLI::App& app, Verb& chosen);        // scan
void AddProbeCommand(CLI::App& app, Verb& chosen);       // probe
void AddTokenCommands(CLI::App& app, Verb& chosen);      // token
void AddUpCommand(CLI::App& app, Verb& chosen);          // up

/// RunCli parses the command line, runs the verb, prints, and returns the exit code.
int RunCli(int argc, const char* const* argv, const Environment& environment);

}  // namespace vallum::cli
