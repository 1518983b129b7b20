// SPDX-License-Identifier: Apache-2.0
// vallum scan TARGET
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/local_file.h"
#include "cli/progress.h"
#include "scan/report/cbom_report.h"
#include "scan/report/fleet_report.h"
#include "scan/report/json_report.h"
#include "scan/report/markdown_report.h"
#include "scan/report/sarif_report.h"
#include "scan/report/text_report.h"
#include "scan/scan.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kReadSize = 1U << 20;
constexpr unsigned kMaxThreads = 16;
constexpr std::size_t kMaxExceptions = 1U << 20;

struct ScanChoices {
  std::vector<std::string> targets;
  std::string as_of;
  std::string fail_on = "high";
  std::string scratch = "/var/tmp";
  std::string explain;
  std::string format = "text";
  std::string exceptions;
  unsigned expiring_days = 180;
  bool allow_unknown = false;
  bool fleet = false;
};

Result<Bytes> Sha256Of(module::Module& module, const scan::Content& content) {
  auto digest = TRY(module.BeginDigest(module::DigestAlgorithm::kSha256));
  Bytes buffer(kReadSize);
  for (std::uint64_t at = 0; at < content.size();) {
    const std::size_t got = TRY(content.ReadAt(at, buffer));
    TRY(digest->Update(ByteSpan(buffer).first(got)));
    at += got;
  }
  return digest->Finish();
}

Result<scan::ScanOptions> ToOptions(Context& context, const ScanChoices& choices) {
  scan::ScanOptions options;
  const auto today = std::chrono::floor<std::chrono::days>(SystemClock().Now());
  options.evaluation.as_of = choices.as_of.empty() ? today : TRY(scan::ParseDay(choices.as_of));
  options.evaluation.expiring_days = choices.expiring_days;
  module::Module* module = TRY(context.module());
  options.hasher = [module](const scan::Content& content) { return Sha256Of(*module, content); };
  options.walk.threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMaxThreads);
  options.walk.scratch.folder = choices.scratch;
  if (!choices.exceptions.empty()) {
    const Bytes text = TRY(ReadInputFile(choices.exceptions, kMaxExceptions));
    options.exceptions = TRY(scan::ParseExceptions(AsText(text), options.evaluation.as_of));
  }
  return options;
}

ExitCode Verdict(const scan::ScanReport& report, const ScanChoices& choices) {
  const auto threshold = scan::ParseSeverity(choices.fail_on);
  const auto& findings = report.evaluation.findings;
  const bool fails =
      threshold && std::any_of(findings.begin(), findings.end(),
                               [&](const auto& one) { return one.severity >= *threshold; });
  if (fails) return ExitCode::kNegative;
  const bool incomplete = !report.collected.unknown.empty() && !choices.allow_unknown;
  return incomplete ? ExitCode::kIncomplete : ExitCode::kOk;
}

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

std::string InFormat(const scan::ScanReport& report, std::string_view format) {
  if (format == "sarif") return scan::SarifReport(report);
  if (format == "cbom") return scan::CbomReport(report);
  std::string text = format == "markdown" ? scan::MarkdownReport(report) : scan::TextReport(report);
  text.pop_back();  // Line ends it
  return text;
}

void PrintReport(Context& context, const scan::ScanReport& report, std::string_view format) {
  context.out().Json(scan::JsonReport(report));
  context.out().Line(InFormat(report, format));
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

Result<ExitCode> ScanTargets(Context& context, const ScanChoices& choices) {
  if (!choices.explain.empty()) return ExplainRule(context, choices.explain);
  if (choices.targets.empty())
    return InvalidArgument("name a TARGET: a folder, an image or a file");
  if (choices.targets.size() > 1 && !choices.fleet) {
    return InvalidArgument("there are several TARGETs: give --fleet to see them side by side");
  }
  const scan::ScanOptions options = TRY(ToOptions(context, choices));
  std::vector<scan::ScanReport> reports;
  ExitCode verdict = ExitCode::kOk;
  for (const std::string& target : choices.targets) {
    reports.push_back(TRY(ScanOne(context, target, options)));
    verdict = WorseOf(verdict, Verdict(reports.back(), choices));
  }
  if (choices.fleet) {
    PrintFleet(context, reports);
  } else {
    PrintReport(context, reports.front(), choices.format);
  }
  return verdict;
}

}  // namespace

void AddScanCommand(CLI::App& app, Verb& chosen) {
  auto choices = std::make_shared<ScanChoices>();
  CLI::App* verb =
      app.add_subcommand("scan", "Say which cryptography is in an image, a folder or a file");
  verb->add_option("TARGET", choices->targets,
                   "OCI layout, docker-save archive, root file system or file");
  verb->add_option("--as-of", choices->as_of, "Judge certificates on this day (today)")
      ->type_name("DATE");
  verb->add_option("--expiring", choices->expiring_days,
                   "Tell certificates that end within so many days")
      ->capture_default_str();
  verb->add_option("--fail-on", choices->fail_on, "Exit with 1 from this severity on")
      ->check(CLI::IsMember({"info", "low", "medium", "high", "critical", "never"}))
      ->capture_default_str();
  verb->add_option("--format", choices->format, "What to print of one TARGET")
      ->check(CLI::IsMember({"text", "sarif", "cbom", "markdown"}))
      ->capture_default_str();
  verb->add_option("--exceptions", choices->exceptions,
                   "Findings that were accepted (docs/scan.md)")
      ->type_name("FILE");
  verb->add_flag("--allow-unknown", choices->allow_unknown,
                 "Do not exit with 8 for what could not be read");
  verb->add_flag("--fleet", choices->fleet, "Several TARGETs side by side: what is used where");
  verb->add_option("--scratch", choices->scratch, "Folder for temporary files")
      ->capture_default_str();
  verb->add_option("--explain", choices->explain, "Say what a rule means, and scan nothing")
      ->type_name("RULE");
  verb->callback([&chosen, choices] {
    chosen = [choices](Context& context) { return ScanTargets(context, *choices); };
  });
}

}  // namespace vallum::cli
