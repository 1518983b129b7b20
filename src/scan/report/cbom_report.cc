// SPDX-License-Identifier: Apache-2.0
#include "scan/report/cbom_report.h"

#include <fmt/format.h>

#include <map>
#include <tuple>
#include <vector>

#include "base/json.h"
#include "scan/report/printable_path.h"

namespace vallum::scan {
namespace {

struct Part {
  bool is_algorithm = false;
  std::string product;
  std::string version;
  auto operator<=>(const Part&) const = default;
};
struct Seen {
  std::vector<const FileFacts*> files;
  std::vector<std::uint32_t> certificates;
};
using Parts = std::map<Part, Seen>;

Parts PartsOf(const ScanReport& report) {
  Parts parts;
  for (const FileFacts& file : report.collected.files) {
    for (const Fact& fact : file.facts) {
      if (!IsUse(fact.kind)) continue;
      const bool is_algorithm =
          fact.kind == FactKind::kPythonWeakHash || fact.kind == FactKind::kNodeWeakHash;
      auto& files = parts[{is_algorithm, fact.product, fact.version}].files;
      if (files.empty() || files.back() != &file) files.push_back(&file);
    }
  }
  for (const ModuleUse& use : report.evaluation.modules) {
    const auto found = parts.find(Part{false, use.product, use.version});
    if (found != parts.end()) found->second.certificates = use.certificates;
  }
  return parts;
}

void WriteCertificates(const std::vector<std::uint32_t>& numbers, JsonWriter& json) {
  if (numbers.empty()) return;
  json.Name("externalReferences").BeginArray();
  for (const std::uint32_t number : numbers) {
    json.BeginObject().Name("type").String("certification-report").Name("url");
    json.String(
        fmt::format("https://csrc.nist.gov/projects/cryptographic-module-validation-program/"
                    "certificate/{}",
                    number));
    json.EndObject();
  }
  json.EndArray();
  json.Name("properties").BeginArray();
  for (const std::uint32_t number : numbers) {
    json.BeginObject().Name("name").String("vallum:cmvp-certificate").Name("value");
    json.String(std::to_string(number)).EndObject();
  }
  json.EndArray();
}

void WritePart(const Part& part, const Seen& seen, std::size_t number, JsonWriter& json) {
  json.BeginObject();
  json.Name("type").String(part.is_algorithm ? "cryptographic-asset" : "library");
  json.Name("bom-ref").String(fmt::format("part-{}", number));
  json.Name("name").String(PrintablePath(part.product));
  if (!part.version.empty()) json.Name("version").String(PrintablePath(part.version));
  if (part.is_algorithm) {
    json.Name("cryptoProperties").BeginObject().Name("assetType").String("algorithm");
    json.Name("algorithmProperties").BeginObject().Name("primitive").String("hash");
    json.EndObject().EndObject();
  }
  json.Name("evidence").BeginObject().Name("occurrences").BeginArray();
  for (const FileFacts* file : seen.files) {
    json.BeginObject().Name("location").String(PrintablePath(file->path)).EndObject();
  }
  json.EndArray().EndObject();
  WriteCertificates(seen.certificates, json);
  json.EndObject();
}

std::string_view TypeOf(TargetType type) {
  if (type == TargetType::kImage) return "container";
  return type == TargetType::kHost ? "device" : "application";
}

}  // namespace

std::string CbomReport(const ScanReport& report) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject().Name("bomFormat").String("CycloneDX").Name("specVersion").String("1.6");
  json.Name("version").Integer(1);
  json.Name("metadata").BeginObject().Name("tools").BeginObject().Name("components").BeginArray();
  json.BeginObject().Name("type").String("application").Name("name").String("vallum scan");
  json.EndObject().EndArray().EndObject();
  json.Name("component").BeginObject().Name("bom-ref").String("target").Name("type");
  json.String(TypeOf(report.type));
  json.Name("name").String(PrintablePath(report.target)).EndObject().EndObject();
  const Parts parts = PartsOf(report);
  json.Name("components").BeginArray();
  std::size_t number = 0;
  for (const auto& [part, seen] : parts) WritePart(part, seen, ++number, json);
  json.EndArray();
  json.Name("dependencies").BeginArray().BeginObject().Name("ref").String("target");
  json.Name("dependsOn").BeginArray();
  for (std::size_t one = 1; one <= number; ++one) json.String(fmt::format("part-{}", one));
  json.EndArray().EndObject().EndArray().EndObject();
  return text;
}

}  // namespace vallum::scan
