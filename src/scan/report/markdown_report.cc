// SPDX-License-Identifier: Apache-2.0
#include "scan/report/markdown_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

#include "scan/report/printable_path.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kMarkup = "|`<>*_[]&#!";

/// Character references for what Markdown or HTML would take for markup.
std::string Plain(std::string_view text) {
  std::string out;
  for (const char one : PrintablePath(text)) {
    if (kMarkup.find(one) == std::string_view::npos) {
      out += one;
    } else {
      fmt::format_to(std::back_inserter(out), "&#{};", static_cast<int>(one));
    }
  }
  return out;
}

std::string WithVersion(std::string_view product, std::string_view version) {
  return version.empty() ? Plain(product) : fmt::format("{} {}", Plain(product), Plain(version));
}

void AddFindings(const ScanReport& report, std::string& out) {
  if (report.evaluation.findings.empty()) return;
  out += "| severity | rule | file | what | seen by |\n| --- | --- | --- | --- | --- |\n";
  for (const Finding& one : report.evaluation.findings) {
    fmt::format_to(std::back_inserter(out), "| {} | {} | {} | {}: {} | {} |\n",
                   SeverityName(one.severity), RuleOf(one.rule).id, Plain(one.path),
                   RuleOf(one.rule).title, WithVersion(one.product, one.version),
                   Plain(one.evidence));
  }
  out += '\n';
}

void AddModules(const ScanReport& report, std::string& out) {
  if (report.evaluation.modules.empty()) return;
  out += "| module | certificates | status | file |\n| --- | --- | --- | --- |\n";
  for (const ModuleUse& one : report.evaluation.modules) {
    fmt::format_to(std::back_inserter(out), "| {} | {} | {} | {} |\n",
                   WithVersion(one.product, one.version),
                   one.certificates.empty() ? "none known"
                                            : fmt::format("{}", fmt::join(one.certificates, ", ")),
                   CertificateStatusName(one.status), Plain(one.path));
  }
  out += '\n';
}

void AddAccepted(const ScanReport& report, std::string& out) {
  if (report.evaluation.accepted.empty()) return;
  out += "| accepted | file | reason | owner | until |\n| --- | --- | --- | --- | --- |\n";
  for (const AcceptedFinding& one : report.evaluation.accepted) {
    fmt::format_to(std::back_inserter(out), "| {} | {} | {} | {} | {} |\n",
                   RuleOf(one.finding.rule).id, Plain(one.finding.path), Plain(one.reason),
                   Plain(one.owner), FormatDay(one.expires));
  }
  out += '\n';
}

}  // namespace

std::string MarkdownReport(const ScanReport& report) {
  std::string out =
      fmt::format("### Cryptography in {}\n\n{} findings, {} not determined, as of {}\n\n",
                  Plain(report.target), report.evaluation.findings.size(),
                  report.collected.unknown.size(), FormatDay(report.options.as_of));
  AddFindings(report, out);
  AddModules(report, out);
  AddAccepted(report, out);
  for (const Unknown& one : report.collected.unknown) {
    fmt::format_to(std::back_inserter(out), "- not determined: {}: {}\n", Plain(one.path),
                   Plain(one.error.message()));
  }
  return out;
}

}  // namespace vallum::scan
