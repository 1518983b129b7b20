// SPDX-License-Identifier: Apache-2.0
#include "scan/report/other_cryptography.h"

#include <algorithm>

namespace vallum::scan {
namespace {

constexpr std::string_view kOpenSsl = "OpenSSL";

}  // namespace

std::map<std::pair<std::string, std::string>, std::vector<std::string>> OtherCryptography(
    const ScanReport& report) {
  const auto& modules = report.evaluation.modules;
  const bool has_provider = std::any_of(modules.begin(), modules.end(), [](const ModuleUse& use) {
    return use.product.starts_with(kOpenSsl);
  });
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> found;
  for (const FileFacts& file : report.collected.files) {
    for (const Fact& fact : file.facts) {
      const bool leads_to_it =
          has_provider && fact.kind == FactKind::kIsLibrary && fact.product == kOpenSsl;
      if (!IsOtherCryptography(fact.kind) || leads_to_it) continue;
      auto& paths = found[{fact.product, fact.version}];
      if (paths.empty() || paths.back() != file.path) paths.push_back(file.path);
    }
  }
  return found;
}

}  // namespace vallum::scan
