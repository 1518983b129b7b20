// SPDX-License-Identifier: Apache-2.0
#include "scan/report/inventory.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <optional>
#include <vector>

#include "scan/report/other_cryptography.h"
#include "scan/report/printable_path.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kFormulas = "=+-@\t\r";
constexpr std::string_view kEnd = "\r\n";

std::string Cell(std::string_view text) {
  std::string out = "\"";
  const std::string plain = PrintablePath(text);
  if (!plain.empty() && kFormulas.find(plain[0]) != kFormulas.npos) out += '\'';
  for (const char one : plain) out.append(one == '"' ? 2 : 1, one);
  return out += '"';
}

std::string Row(const std::vector<std::string>& cells) {
  std::vector<std::string> quoted;
  quoted.reserve(cells.size());
  for (const std::string& one : cells) quoted.push_back(Cell(one));
  return fmt::format("{}{}", fmt::join(quoted, ","), kEnd);
}

/// What one row is about, and the files that it is in.
struct What {
  std::string product;
  std::string version;
  std::uint32_t certificate = 0;  ///< 0: none
  bool by_hash = false;
  auto operator<=>(const What&) const = default;
};
using Files = std::vector<std::string>;

std::string WhereOf(const Files& files) { return fmt::format("{}", fmt::join(files, "; ")); }

std::string ModuleRow(const What& what, const Files& files, const CertificateTable& certificates,
                      Day day) {
  const std::string count = std::to_string(files.size());
  const Certificate* one = certificates.Find(what.certificate);
  if (one == nullptr) {
    return Row({"module", what.product, what.version, "", "", "", "", "", "no certificate is known",
                "", "", "", count, WhereOf(files)});
  }
  const auto successor = certificates.SuccessorOf(one->number, day);
  return Row(
      {"module", what.product, what.version, std::to_string(one->number), one->module, one->vendor,
       one->standard, one->level, std::string(CertificateStatusName(one->StatusOn(day))),
       one->sunset ? FormatDay(*one->sunset) : "", successor ? std::to_string(*successor) : "",
       what.by_hash ? "hash" : "version", count, WhereOf(files)});
}

std::map<What, Files> ModulesOf(const ScanReport& report) {
  std::map<What, Files> modules;
  for (const ModuleUse& use : report.evaluation.modules) {
    auto numbers = use.certificates;
    if (numbers.empty()) numbers.push_back(0);
    for (const std::uint32_t number : numbers) {
      modules[{use.product, use.version, number, use.by_hash}].push_back(use.path);
    }
  }
  return modules;
}

}  // namespace

std::string InventoryCsv(const ScanReport& report, const CertificateTable& certificates) {
  std::string out =
      Row({"kind", "product", "version", "certificate", "module", "vendor", "standard", "level",
           "status", "sunset", "possible successor", "matched by", "files", "used in"});
  for (const auto& [what, files] : ModulesOf(report)) {
    out += ModuleRow(what, files, certificates, report.options.as_of);
  }
  for (const auto& [what, files] : OtherCryptography(report)) {
    out += Row({"other cryptography", what.first, what.second, "", "", "", "", "", "no module", "",
                "", "", std::to_string(files.size()), WhereOf(files)});
  }
  return out;
}

}  // namespace vallum::scan
