// SPDX-License-Identifier: Apache-2.0
#include "scan/report/html_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <iterator>
#include <numeric>

#include "scan/report/html_boundary.h"
#include "scan/report/html_style.h"
#include "scan/report/html_text.h"

namespace vallum::scan {
namespace {

using Cells = std::vector<std::string>;

constexpr auto kWorstFirst = std::to_array<Severity>(
    {Severity::kCritical, Severity::kHigh, Severity::kMedium, Severity::kLow, Severity::kInfo});

/// Table writes a caption, a row of heads and the rows; cells are HTML already.
class Table {
 public:
  Table(std::string_view caption, const Cells& heads, std::string& out) : out_(out) {
    fmt::format_to(Out(), "<div class=\"wide\"><table><caption>{}</caption><thead><tr>", caption);
    for (const std::string& head : heads) fmt::format_to(Out(), "<th scope=\"col\">{}</th>", head);
    out_ += "</tr></thead><tbody>\n";
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() { out_ += "</tbody></table></div>\n"; }

  void Row(const Cells& cells) {
    out_ += "<tr>";
    for (const std::string& cell : cells) fmt::format_to(Out(), "<td>{}</td>", cell);
    out_ += "</tr>\n";
  }

 private:
  std::back_insert_iterator<std::string> Out() { return std::back_inserter(out_); }
  std::string& out_;
};

std::string Path(std::string_view path) { return fmt::format("<code>{}</code>", HtmlText(path)); }

std::size_t CountOf(const ScanReport& report, Severity severity) {
  const auto& findings = report.evaluation.findings;
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [severity](const Finding& one) { return one.severity == severity; }));
}

void AddSummary(const ScanReport& report, std::string& out) {
  const Ledger& ledger = report.collected.ledger;
  const auto files = std::accumulate(ledger.files.begin(), ledger.files.end(), std::uint64_t{0});
  out += "<ul class=\"counts\">\n";
  for (const Severity severity : kWorstFirst) {
    fmt::format_to(std::back_inserter(out), "<li class=\"{0}\"><b>{1}</b> {0}</li>\n",
                   SeverityName(severity), CountOf(report, severity));
  }
  fmt::format_to(std::back_inserter(out),
                 "<li><b>{}</b> not determined</li>\n</ul>\n<p>{} files, {} examined. Judged for "
                 "{}; certificates as of {}; operating environments not checked.</p>\n",
                 report.collected.unknown.size(), files, ledger.examined,
                 FormatDay(report.options.as_of), FormatDay(report.table_as_of));
}

void AddFindings(const ScanReport& report, std::string& out) {
  out += "<h2>Findings</h2>\n";
  if (report.evaluation.findings.empty()) out += "<p>None.</p>\n";
  for (const Severity severity : kWorstFirst) {
    if (CountOf(report, severity) == 0) continue;
    Table table(SeverityName(severity), {"rule", "file", "what", "seen by", "what to do"}, out);
    for (const Finding& one : report.evaluation.findings) {
      if (one.severity != severity) continue;
      const Rule& rule = RuleOf(one.rule);
      table.Row({std::string(rule.id), Path(one.path),
                 fmt::format("{}: <b>{} {}</b>", rule.title, HtmlText(one.product),
                             HtmlText(one.version)),
                 HtmlText(one.evidence), HtmlText(rule.remedy)});
    }
  }
}

void AddModules(const ScanReport& report, std::string& out) {
  if (report.evaluation.modules.empty()) return;
  out += "<h2>Modules</h2>\n";
  Table table("FIPS modules and their certificates",
              {"module", "version", "certificates", "status", "matched by", "file"}, out);
  for (const ModuleUse& one : report.evaluation.modules) {
    const bool known = !one.certificates.empty();
    table.Row({HtmlText(one.product), HtmlText(one.version),
               known ? fmt::format("{}", fmt::join(one.certificates, ", ")) : "none known",
               std::string(CertificateStatusName(one.status)),
               !known        ? "nothing"
               : one.by_hash ? "hash"
                             : "version",
               Path(one.path)});
  }
}

void AddProcesses(const ScanReport& report, std::string& out) {
  if (report.processes.empty()) return;
  out += "<h2>Processes</h2>\n";
  Table table("What processes have in memory", {"process", "program", "cryptography", "modules"},
              out);
  for (const ProcessUse& one : report.processes) {
    table.Row(
        {std::to_string(one.pid), Path(one.executable),
         HtmlText(fmt::format("{}", fmt::join(one.products, ", "))),
         one.modules.empty() ? "none" : Path(fmt::format("{}", fmt::join(one.modules, ", ")))});
  }
}

void AddAccepted(const ScanReport& report, std::string& out) {
  if (report.evaluation.accepted.empty()) return;
  out += "<h2>Accepted</h2>\n";
  Table table("Findings that somebody has accepted", {"rule", "file", "reason", "owner", "until"},
              out);
  for (const AcceptedFinding& one : report.evaluation.accepted) {
    table.Row({std::string(RuleOf(one.finding.rule).id), Path(one.finding.path),
               HtmlText(one.reason), HtmlText(one.owner), FormatDay(one.expires)});
  }
}

void AddUnknown(const ScanReport& report, std::string& out) {
  if (report.collected.unknown.empty()) return;
  out += "<h2>Not determined</h2>\n";
  Table table("What could not be looked at, and so counts as unknown", {"file", "why"}, out);
  for (const Unknown& one : report.collected.unknown) {
    table.Row({Path(one.path), HtmlText(one.error.message())});
  }
}

}  // namespace

std::string HtmlReport(const ScanReport& report) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>Cryptography in {0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n"
      "<h1>Cryptography in {0}</h1>\n",
      HtmlText(report.target), kHtmlStyle);
  AddSummary(report, out);
  out +=
      "<h2>The boundary</h2>\n<figure>\n" + BoundaryPicture(report) +
      "<figcaption>A solid line leads into a module, a broken one around it. Numbers in brackets "
      "count files.</figcaption>\n</figure>\n";
  AddFindings(report, out);
  AddModules(report, out);
  AddProcesses(report, out);
  AddAccepted(report, out);
  AddUnknown(report, out);
  return out += "</main>\n</body>\n</html>\n";
}

}  // namespace vallum::scan
