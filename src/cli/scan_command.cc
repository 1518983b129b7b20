// SPDX-License-Identifier: Apache-2.0
// vallum scan TARGET
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/commands.h"
#include "cli/local_file.h"
#include "cli/progress.h"
#include "cli/scan_choices.h"
#include "scan/report/fleet_report.h"

namespace vallum::cli {
namespace {

struct ScanCommand {
  ScanChoices choices;
  std::vector<std::string> targets;
  std::string explain;
  bool fleet = false;
};

Result<ExitCode> ExplainRule(Context& context, std::string_view id) {
  const auto found = std::find_if(scan::kRules.begin(), scan::kRules.end(),
                                  [id](const scan::Rule& one) { return one.id == id; });
  if (found == scan::kRules.end()) {
    return InvalidArgument(
        fmt::format("there is no rule {}; docs/scan.md lists them", Printable(id)));
  }
  context.out().Fields({{"rule", std::string(found->id)},
                        {"name", std::string(found->name)},
                        {"class", std::string(scan::RuleClassName(found->rule_class))},
                        {"severity", std::string(scan::SeverityName(found->severity))},
                        {"the file", std::string(found->title)},
                        {"remedy", std::string(found->remedy)}});
  return ExitCode::kOk;
}

Result<scan::ScanReport> ScanOne(Context& context, const std::string& target,
                                 scan::ScanOptions options) {
  const auto show = context.out().progress() ? Progress::Show::kYes : Progress::Show::kNo;
  Progress progress(show, "scanning", std::nullopt, Unit::kItems);
  options.on_progress = [&progress](std::uint64_t files) { progress.Update(files); };
  auto report = scan::Scan(target, options);
  if (report || report.error().code() == Code::kInvalidArgument) return report;
  return LocalFileError(report.error());
}

void PrintFleet(Context& context, const std::vector<scan::ScanReport>& reports) {
  context.out().Json(scan::FleetJson(reports));
  std::string text = scan::FleetText(reports);
  text.pop_back();
  context.out().Line(text);
}

/// A finding in any target counts before what could not be determined in another.
ExitCode WorseOf(ExitCode one, ExitCode other) {
  if (one == ExitCode::kNegative || other == ExitCode::kNegative) return ExitCode::kNegative;
  return one == ExitCode::kOk ? other : one;
}

Result<ExitCode> ScanTargets(Context& context, const ScanCommand& command) {
  if (!command.explain.empty()) return ExplainRule(context, command.explain);
  if (command.targets.empty())
    return InvalidArgument("name a TARGET: a folder, an image or a file");
  if (command.targets.size() > 1 && !command.fleet) {
    return InvalidArgument("there are several TARGETs: give --fleet to see them side by side");
  }
  const scan::ScanOptions options = TRY(ToScanOptions(context, command.choices));
  std::vector<scan::ScanReport> reports;
  ExitCode verdict = ExitCode::kOk;
  for (const std::string& target : command.targets) {
    reports.push_back(TRY(ScanOne(context, target, options)));
    verdict = WorseOf(verdict, ScanVerdict(reports.back(), command.choices));
  }
  if (command.fleet) {
    PrintFleet(context, reports);
  } else {
    TRY(PrintScanReport(context, reports.front(), command.choices));
  }
  return verdict;
}

}  // namespace

void AddScanCommand(CLI::App& app, Verb& chosen) {
  auto command = std::make_shared<ScanCommand>();
  CLI::App* verb =
      app.add_subcommand("scan", "Say which cryptography is in an image, a folder or a file");
  verb->add_option("TARGET", command->targets,
                   "OCI layout, docker-save archive, root file system or file");
  AddScanChoices(*verb, command->choices);
  verb->add_flag("--fleet", command->fleet, "Several TARGETs side by side: what is used where");
  verb->add_option("--explain", command->explain, "Say what a rule means, and scan nothing")
      ->type_name("RULE");
  verb->callback([&chosen, command] {
    chosen = [command](Context& context) { return ScanTargets(context, *command); };
  });
}

}  // namespace vallum::cli
