// SPDX-License-Identifier: Apache-2.0
// vallum probe
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/scan_choices.h"
#include "scan/host/probe.h"

namespace vallum::cli {
namespace {

struct ProbeCommand {
  ScanChoices choices;
  std::vector<std::uint32_t> pids;
  bool ask = false;
};

Result<ExitCode> ProbeHost(Context& context, const ProbeCommand& command) {
  scan::ProbeOptions options{.scan = TRY(ToScanOptions(context, command.choices)),
                             .pids = command.pids};
  if (command.ask) options.ask.emplace();
  const scan::ScanReport report = TRY(scan::Probe(options));
  TRY(PrintScanReport(context, report, command.choices));
  return ScanVerdict(report, command.choices);
}

}  // namespace

void AddProbeCommand(CLI::App& app, Verb& chosen) {
  auto command = std::make_shared<ProbeCommand>();
  CLI::App* verb = app.add_subcommand(
      "probe", "Say which cryptography this host's processes have in memory, and in which state");
  AddScanChoices(*verb, command->choices);
  verb->add_option("--pid", command->pids, "These processes alone, and not the kernel (all)")
      ->type_name("PID");
  verb->add_flag("--ask", command->ask,
                 "Run the runtimes found (node, python3, openssl, java) and ask for their mode");
  verb->callback([&chosen, command] {
    chosen = [command](Context& context) { return ProbeHost(context, *command); };
  });
}

}  // namespace vallum::cli
