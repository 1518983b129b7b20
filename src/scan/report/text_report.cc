// SPDX-License-Identifier: Apache-2.0
#include "scan/report/text_report.h"

#include <fmt/format.h>

#include <iterator>
#include <numeric>

#include "scan/report/printable_path.h"

namespace vallum::scan {
namespace {

constexpr std::array kNotOpened = {FileKind::kWasm, FileKind::kPe, FileKind::kMachO, FileKind::kAr,
                                   FileKind::kRpm};

void AddFinding(const Finding& finding, std::string& out) {
  const Rule& rule = RuleOf(finding.rule);
  const auto version = finding.version.empty() ? "" : " " + PrintablePath(finding.version);
  fmt::format_to(std::back_inserter(out),
                 "{:<8}  {}  {}\n          {}: {}{}\n          seen by: {}\n          {}\n\n",
                 SeverityName(finding.severity), rule.id, PrintablePath(finding.path), rule.title,
                 finding.product, version, PrintablePath(finding.evidence), rule.remedy);
}

void AddModules(const ScanReport& report, std::string& out) {
  if (report.evaluation.modules.empty()) return;
  out += "modules\n";
  for (const ModuleUse& use : report.evaluation.modules) {
    const std::string which =
        use.certificates.empty()
            ? "no certificate is known"
            : fmt::format("certificate {} ({}, matched by {})", fmt::join(use.certificates, ", "),
                          CertificateStatusName(use.status), use.by_hash ? "hash" : "version");
    fmt::format_to(std::back_inserter(out), "  {} {}  {}  {}\n", use.product,
                   PrintablePath(use.version), which, PrintablePath(use.path));
  }
  out += '\n';
}

void AddProcesses(const ScanReport& report, std::string& out) {
  if (report.processes.empty()) return;
  out += "processes\n";
  for (const ProcessUse& use : report.processes) {
    fmt::format_to(
        std::back_inserter(out), "  {} {}  {}  {}\n", use.pid, PrintablePath(use.name),
        fmt::join(use.products, ", "),
        use.modules.empty() ? "no FIPS module in memory" : PrintablePath(use.modules.front()));
  }
  out += '\n';
}

void AddAccepted(const ScanReport& report, std::string& out) {
  if (report.evaluation.accepted.empty()) return;
  out += "accepted\n";
  for (const AcceptedFinding& one : report.evaluation.accepted) {
    fmt::format_to(std::back_inserter(out), "  {}  {}: {} ({}, until {})\n",
                   RuleOf(one.finding.rule).id, PrintablePath(one.finding.path),
                   PrintablePath(one.reason), PrintablePath(one.owner), FormatDay(one.expires));
  }
  out += '\n';
}

void AddUnknown(const ScanReport& report, std::string& out) {
  if (report.collected.unknown.empty()) return;
  out += "could not be determined\n";
  for (const Unknown& one : report.collected.unknown) {
    fmt::format_to(std::back_inserter(out), "  {}: {}\n", PrintablePath(one.path),
                   one.error.message());
  }
  out += '\n';
}

}  // namespace

std::string TextReport(const ScanReport& report) {
  std::string out;
  for (const Finding& finding : report.evaluation.findings) AddFinding(finding, out);
  AddModules(report, out);
  AddProcesses(report, out);
  AddAccepted(report, out);
  AddUnknown(report, out);
  const Ledger& ledger = report.collected.ledger;
  const auto files = std::accumulate(ledger.files.begin(), ledger.files.end(), std::uint64_t{0});
  fmt::format_to(std::back_inserter(out),
                 "{} ({}): {} files, {} examined; {} findings, {} not determined\n",
                 PrintablePath(report.target), TargetTypeName(report.type), files, ledger.examined,
                 report.evaluation.findings.size(), report.collected.unknown.size());
  for (const FileKind kind : kNotOpened) {
    const std::uint64_t count = ledger.files[static_cast<std::size_t>(kind)];
    if (count != 0)
      fmt::format_to(std::back_inserter(out), "not opened: {} {} files\n", count, KindName(kind));
  }
  fmt::format_to(std::back_inserter(out),
                 "as of {}; certificates as of {}; operating environments not checked\n",
                 FormatDay(report.options.as_of), FormatDay(report.table_as_of));
  return out;
}

}  // namespace vallum::scan
