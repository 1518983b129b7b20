// SPDX-License-Identifier: Apache-2.0
#include "scan/report/json_report.h"

#include "base/json.h"
#include "scan/report/printable_path.h"

namespace vallum::scan {
namespace {

void WriteMembers(const Finding& finding, JsonWriter& json) {
  const Rule& rule = RuleOf(finding.rule);
  json.Name("rule").String(rule.id).Name("name").String(rule.name);
  json.Name("class").String(RuleClassName(rule.rule_class));
  json.Name("severity").String(SeverityName(finding.severity));
  json.Name("confidence").String(ConfidenceName(finding.confidence));
  json.Name("path").String(PrintablePath(finding.path));
  json.Name("product").String(finding.product);
  json.Name("version").String(PrintablePath(finding.version));
  json.Name("message").String(rule.title);
  json.Name("evidence").String(PrintablePath(finding.evidence));
  json.Name("remedy").String(rule.remedy);
}

void WriteFinding(const Finding& finding, JsonWriter& json) {
  json.BeginObject();
  WriteMembers(finding, json);
  json.EndObject();
}

void WriteAccepted(const AcceptedFinding& accepted, JsonWriter& json) {
  json.BeginObject();
  WriteMembers(accepted.finding, json);
  json.Name("reason").String(accepted.reason).Name("owner").String(accepted.owner);
  json.Name("expires").String(FormatDay(accepted.expires)).EndObject();
}

void WriteModule(const ModuleUse& use, JsonWriter& json) {
  json.BeginObject();
  json.Name("path").String(PrintablePath(use.path));
  json.Name("product").String(use.product);
  json.Name("version").String(PrintablePath(use.version));
  json.Name("sha256").String(use.sha256);
  json.Name("certificates").BeginArray();
  for (const std::uint32_t number : use.certificates) json.Integer(number);
  json.EndArray();
  json.Name("matched_by")
      .String(use.certificates.empty() ? "nothing"
              : use.by_hash            ? "hash"
                                       : "version");
  json.Name("status").String(CertificateStatusName(use.status));
  json.EndObject();
}

void WriteFile(const FileFacts& file, JsonWriter& json) {
  json.BeginObject();
  json.Name("path").String(PrintablePath(file.path));
  json.Name("size").Integer(static_cast<std::int64_t>(file.size));
  json.Name("sha256").String(file.sha256);
  json.Name("facts").BeginArray();
  for (const Fact& fact : file.facts) {
    json.BeginObject().Name("kind").String(FactKindName(fact.kind));
    json.Name("product").String(fact.product).Name("version").String(PrintablePath(fact.version));
    json.Name("confidence").String(ConfidenceName(fact.confidence));
    json.Name("evidence").String(PrintablePath(fact.evidence)).EndObject();
  }
  json.EndArray().EndObject();
}

void WriteTexts(std::string_view name, const std::vector<std::string>& texts, JsonWriter& json) {
  json.Name(name).BeginArray();
  for (const std::string& one : texts) json.String(PrintablePath(one));
  json.EndArray();
}

void WriteProcess(const ProcessUse& use, JsonWriter& json) {
  json.BeginObject().Name("pid").Integer(use.pid).Name("name").String(PrintablePath(use.name));
  json.Name("executable").String(PrintablePath(use.executable));
  WriteTexts("products", use.products, json);
  WriteTexts("modules", use.modules, json);
  json.EndObject();
}

void WriteLedger(const Ledger& ledger, JsonWriter& json) {
  json.Name("coverage").BeginObject();
  json.Name("bytes").Integer(static_cast<std::int64_t>(ledger.bytes));
  json.Name("examined").Integer(static_cast<std::int64_t>(ledger.examined));
  json.Name("files").BeginObject();
  for (std::size_t kind = 0; kind < kFileKinds; ++kind) {
    json.Name(KindName(static_cast<FileKind>(kind)));
    json.Integer(static_cast<std::int64_t>(ledger.files[kind]));
  }
  json.EndObject().EndObject();
}

template <typename List, typename Write>
void WriteList(std::string_view name, const List& list, JsonWriter& json, Write write) {
  json.Name(name).BeginArray();
  for (const auto& one : list) write(one, json);
  json.EndArray();
}

}  // namespace

std::string JsonReport(const ScanReport& report) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject();
  json.Name("format").String("vallum-scan-report/1");
  json.Name("target").String(PrintablePath(report.target));
  json.Name("type").String(TargetTypeName(report.type));
  json.Name("as_of").String(FormatDay(report.options.as_of));
  json.Name("certificates_as_of").String(FormatDay(report.table_as_of));
  WriteList("findings", report.evaluation.findings, json, WriteFinding);
  WriteList("accepted", report.evaluation.accepted, json, WriteAccepted);
  WriteList("modules", report.evaluation.modules, json, WriteModule);
  WriteList("unknown", report.collected.unknown, json, [](const Unknown& one, JsonWriter& out) {
    out.BeginObject().Name("path").String(PrintablePath(one.path));
    out.Name("code").String(CodeName(one.error.code()));
    out.Name("message").String(one.error.message()).EndObject();
  });
  WriteList("files", report.collected.files, json, WriteFile);
  if (report.type == TargetType::kHost) {
    WriteList("processes", report.processes, json, WriteProcess);
  }
  WriteLedger(report.collected.ledger, json);
  json.EndObject();
  return text;
}

}  // namespace vallum::scan
