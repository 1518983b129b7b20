// SPDX-License-Identifier: Apache-2.0
#include "cli/scan_choices.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "cli/local_file.h"
#include "scan/report/cbom_report.h"
#include "scan/report/html_report.h"
#include "scan/report/inventory.h"
#include "scan/report/json_report.h"
#include "scan/report/markdown_report.h"
#include "scan/report/sarif_report.h"
#include "scan/report/text_report.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kReadSize = 128U << 10;
constexpr unsigned kMaxThreads = 16;
constexpr std::size_t kMaxExceptions = 1U << 20;

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

/// Line() ends it again.
std::string WithoutLineEnd(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

Result<std::string> InFormat(const scan::ScanReport& report, std::string_view format) {
  if (format == "sarif") return scan::SarifReport(report);
  if (format == "cbom") return scan::CbomReport(report);
  if (format == "inventory") {
    return WithoutLineEnd(scan::InventoryCsv(report, TRY(scan::CertificateTable::BuiltIn())));
  }
  if (format == "html") return WithoutLineEnd(scan::HtmlReport(report));
  if (format == "markdown") return WithoutLineEnd(scan::MarkdownReport(report));
  return WithoutLineEnd(scan::TextReport(report));
}

}  // namespace

Result<scan::ScanOptions> ToScanOptions(Context& context, const ScanChoices& choices) {
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

ExitCode ScanVerdict(const scan::ScanReport& report, const ScanChoices& choices) {
  const auto threshold = scan::ParseSeverity(choices.fail_on);
  const auto& findings = report.evaluation.findings;
  const bool fails =
      threshold && std::any_of(findings.begin(), findings.end(),
                               [&](const auto& one) { return one.severity >= *threshold; });
  if (fails) return ExitCode::kNegative;
  const bool incomplete = !report.collected.unknown.empty() && !choices.allow_unknown;
  return incomplete ? ExitCode::kIncomplete : ExitCode::kOk;
}

Status PrintScanReport(Context& context, const scan::ScanReport& report,
                       const ScanChoices& choices) {
  context.out().Json(scan::JsonReport(report));
  context.out().Line(TRY(InFormat(report, choices.format)));
  return {};
}

void AddScanChoices(CLI::App& verb, ScanChoices& choices) {
  verb.add_option("--as-of", choices.as_of, "Judge certificates on this day (today)")
      ->type_name("DATE");
  verb.add_option("--expiring", choices.expiring_days,
                  "Tell certificates that end within so many days")
      ->capture_default_str();
  verb.add_option("--fail-on", choices.fail_on, "Exit with 1 from this severity on")
      ->check(CLI::IsMember({"info", "low", "medium", "high", "critical", "never"}))
      ->capture_default_str();
  verb.add_option("--format", choices.format, "What to print")
      ->check(CLI::IsMember({"text", "html", "inventory", "sarif", "cbom", "markdown"}))
      ->capture_default_str();
  verb.add_flag_callback(
      "--inventory", [&choices] { choices.format = "inventory"; },
      "Print the inventory of modules and other cryptography (CSV)");
  verb.add_option("--exceptions", choices.exceptions, "Findings that were accepted (docs/scan.md)")
      ->type_name("FILE");
  verb.add_flag("--allow-unknown", choices.allow_unknown,
                "Do not exit with 8 for what could not be read");
  verb.add_option("--scratch", choices.scratch, "Folder for temporary files")
      ->capture_default_str();
}

}  // namespace vallum::cli
