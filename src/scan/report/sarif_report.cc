// SPDX-License-Identifier: Apache-2.0
#include "scan/report/sarif_report.h"

#include <fmt/format.h>

#include "base/json.h"
#include "scan/report/printable_path.h"
#include "scan/report/uri_path.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

std::string_view LevelOf(Severity severity) {
  if (severity >= Severity::kHigh) return "error";
  return severity == Severity::kMedium ? "warning" : "note";
}

/// What code-scanning services sort by, 0.0 to 10.0.
std::string_view ScoreOf(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "9.5";
    case Severity::kHigh:
      return "8.0";
    case Severity::kMedium:
      return "5.5";
    case Severity::kLow:
      return "2.0";
    case Severity::kInfo:
      break;
  }
  return "0.0";
}

void WriteRule(const Rule& rule, JsonWriter& json) {
  json.BeginObject().Name("id").String(rule.id).Name("name").String(rule.name);
  json.Name("shortDescription").BeginObject().Name("text");
  json.String(fmt::format("The file {}.", rule.title)).EndObject();
  json.Name("help").BeginObject().Name("text").String(rule.remedy).EndObject();
  json.Name("defaultConfiguration").BeginObject().Name("level").String(LevelOf(rule.severity));
  json.EndObject();
  json.Name("properties").BeginObject().Name("security-severity").String(ScoreOf(rule.severity));
  json.Name("class").String(RuleClassName(rule.rule_class)).EndObject().EndObject();
}

void BeginResult(const Finding& finding, JsonWriter& json) {
  const Rule& rule = RuleOf(finding.rule);
  json.BeginObject().Name("ruleId").String(rule.id);
  json.Name("ruleIndex").Integer(static_cast<std::int64_t>(finding.rule));
  json.Name("level").String(LevelOf(finding.severity));
  const std::string version = finding.version.empty() ? "" : " " + finding.version;
  json.Name("message").BeginObject().Name("text");
  json.String(PrintablePath(fmt::format("{}{}: {} {} (seen by: {})", finding.product, version,
                                        finding.path, rule.title, finding.evidence)));
  json.EndObject();
  json.Name("locations").BeginArray().BeginObject().Name("physicalLocation").BeginObject();
  json.Name("artifactLocation").BeginObject().Name("uri").String(UriPath(finding.path));
  json.EndObject().EndObject().EndObject().EndArray();
  json.Name("properties").BeginObject().Name("confidence");
  json.String(ConfidenceName(finding.confidence)).EndObject();
}

void WriteAccepted(const AcceptedFinding& accepted, JsonWriter& json) {
  BeginResult(accepted.finding, json);
  json.Name("suppressions").BeginArray().BeginObject().Name("kind").String("external");
  json.Name("status").String("accepted").Name("justification");
  json.String(PrintablePath(fmt::format("{} ({}, until {})", accepted.reason, accepted.owner,
                                        FormatDay(accepted.expires))));
  json.EndObject().EndArray().EndObject();
}

void WriteInvocation(const ScanReport& report, JsonWriter& json) {
  json.Name("invocations").BeginArray().BeginObject().Name("executionSuccessful").Bool(true);
  json.Name("toolExecutionNotifications").BeginArray();
  for (const Unknown& one : report.collected.unknown) {
    json.BeginObject().Name("level").String("warning").Name("message").BeginObject().Name("text");
    json.String(PrintablePath(one.path) +
                " could not be determined: " + PrintablePath(one.error.message()));
    json.EndObject().EndObject();
  }
  json.EndArray().EndObject().EndArray();
}

}  // namespace

std::string SarifReport(const ScanReport& report) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject().Name("$schema").String(kSchema).Name("version").String("2.1.0");
  json.Name("runs").BeginArray().BeginObject();
  json.Name("tool").BeginObject().Name("driver").BeginObject().Name("name").String("vallum scan");
  json.Name("rules").BeginArray();
  for (const Rule& rule : kRules) WriteRule(rule, json);
  json.EndArray().EndObject().EndObject();
  WriteInvocation(report, json);
  json.Name("results").BeginArray();
  for (const Finding& finding : report.evaluation.findings) {
    BeginResult(finding, json);
    json.EndObject();
  }
  for (const AcceptedFinding& one : report.evaluation.accepted) WriteAccepted(one, json);
  json.EndArray().EndObject().EndArray().EndObject();
  return text;
}

}  // namespace vallum::scan
