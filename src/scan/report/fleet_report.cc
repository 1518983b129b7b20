// SPDX-License-Identifier: Apache-2.0
#include "scan/report/fleet_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/json.h"
#include "scan/report/json_report.h"
#include "scan/report/printable_path.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kSmallestFleet = 3;  // of two that differ neither is the odd one

std::string WorstOf(const ScanReport& report) {
  const auto& findings = report.evaluation.findings;
  return findings.empty() ? "clean" : std::string(SeverityName(findings.front().severity));
}

void AddUse(const std::vector<ScanReport>& reports, const FleetUse& use, std::string& out) {
  std::vector<std::string> names;
  names.reserve(use.targets.size());
  for (const std::size_t one : use.targets) names.push_back(PrintablePath(reports[one].target));
  fmt::format_to(std::back_inserter(out), "  {}{}{}: {}{}\n", use.product,
                 use.version.empty() ? "" : " ", PrintablePath(use.version), fmt::join(names, ", "),
                 StandsOut(use, reports.size()) ? "  <- differs from the rest" : "");
}

void WriteUse(const FleetUse& use, std::size_t targets, JsonWriter& json) {
  json.BeginObject().Name("product").String(use.product);
  json.Name("version").String(PrintablePath(use.version));
  json.Name("stands_out").Bool(StandsOut(use, targets));
  json.Name("targets").BeginArray();
  for (const std::size_t one : use.targets) json.Integer(static_cast<std::int64_t>(one));
  json.EndArray().EndObject();
}

}  // namespace

std::vector<FleetUse> UsesOf(const std::vector<ScanReport>& reports) {
  std::map<std::pair<std::string, std::string>, std::set<std::size_t>> seen;
  for (std::size_t target = 0; target < reports.size(); ++target) {
    for (const FileFacts& file : reports[target].collected.files) {
      for (const Fact& fact : file.facts) {
        if (!IsUse(fact.kind)) continue;
        seen[{fact.product, fact.version}].insert(target);
      }
    }
  }
  std::vector<FleetUse> uses;
  uses.reserve(seen.size());
  for (const auto& [what, where] : seen) {
    uses.push_back({what.first, what.second, {where.begin(), where.end()}});
  }
  return uses;
}

bool StandsOut(const FleetUse& use, std::size_t targets) {
  if (targets < kSmallestFleet) return false;
  return use.targets.size() == 1 || use.targets.size() + 1 == targets;
}

std::string FleetText(const std::vector<ScanReport>& reports) {
  std::string out = "targets\n";
  for (const ScanReport& report : reports) {
    fmt::format_to(std::back_inserter(out), "  {:<8}  {}  {} findings, {} not determined\n",
                   WorstOf(report), PrintablePath(report.target), report.evaluation.findings.size(),
                   report.collected.unknown.size());
  }
  out += "\ncryptography, and where it is\n";
  for (const FleetUse& use : UsesOf(reports)) AddUse(reports, use, out);
  return out;
}

std::string FleetJson(const std::vector<ScanReport>& reports) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject().Name("format").String("vallum-scan-fleet/1");
  json.Name("uses").BeginArray();
  for (const FleetUse& use : UsesOf(reports)) WriteUse(use, reports.size(), json);
  json.EndArray().Name("targets").BeginArray();
  for (const ScanReport& report : reports) json.Raw(JsonReport(report));
  json.EndArray().EndObject();
  return text;
}

}  // namespace vallum::scan
