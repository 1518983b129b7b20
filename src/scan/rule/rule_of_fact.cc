// SPDX-License-Identifier: Apache-2.0
#include "scan/rule/rule_of_fact.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "scan/rust/rust_crate.h"

namespace vallum::scan {
namespace {

using Row = std::pair<FactKind, RuleId>;
constexpr auto kPlain = std::to_array<Row>({
    {FactKind::kGoNoBuildInfo, RuleId::kGoNoBuildInfo},
    {FactKind::kGoBoring, RuleId::kGoBoring},
    {FactKind::kGoOtherCrypto, RuleId::kGoOtherCrypto},
    {FactKind::kGoLabelOnly, RuleId::kGoLabelOnly},
    {FactKind::kPythonPackage, RuleId::kPythonPackage},
    {FactKind::kPythonImport, RuleId::kPythonImport},
    {FactKind::kPythonWeakHash, RuleId::kPythonWeakHash},
    {FactKind::kPythonHashes, RuleId::kPythonHashes},
    {FactKind::kNodePackage, RuleId::kNodePackage},
    {FactKind::kNodeWanted, RuleId::kNodeWanted},
    {FactKind::kNodeWeakHash, RuleId::kNodeWeakHash},
    {FactKind::kJavaWanted, RuleId::kJavaWanted},
    {FactKind::kJavaProviders, RuleId::kJavaProviders},
    {FactKind::kRustNoManifest, RuleId::kRustNoManifest},
    {FactKind::kProviderNotActivated, RuleId::kProviderNotActivated},
    {FactKind::kDefaultBesideFips, RuleId::kDefaultBesideFips},
    {FactKind::kOtherPolicy, RuleId::kOtherPolicy},
    {FactKind::kServerSetting, RuleId::kServerSetting},
    {FactKind::kSwitchedOff, RuleId::kSwitchedOff},
    {FactKind::kBaseNotPinned, RuleId::kBaseNotPinned},
    {FactKind::kImageNotPinned, RuleId::kImageNotPinned},
    {FactKind::kMappedReplaced, RuleId::kMappedReplaced},
    {FactKind::kProcessWithoutModule, RuleId::kProcessWithoutModule},
    {FactKind::kSaysFipsOff, RuleId::kSaysFipsOff},
    {FactKind::kKernelFlagOff, RuleId::kKernelFlagOff},
    {FactKind::kKernelFlagAbsent, RuleId::kKernelFlagAbsent},
});

std::optional<RuleId> Find(std::span<const Row> rows, FactKind kind) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [kind](const Row& row) { return row.first == kind; });
  return found == rows.end() ? std::nullopt : std::optional(found->second);
}

bool Has(const FileFacts& file, FactKind kind) {
  return std::any_of(file.facts.begin(), file.facts.end(),
                     [kind](const Fact& fact) { return fact.kind == kind; });
}

/// A crate's row says it already, and which variant it is.
bool IsCratesLibrary(const FileFacts& file, const Fact& fact) {
  return fact.product == "AWS-LC" &&
         std::any_of(file.facts.begin(), file.facts.end(), [](const Fact& one) {
           return one.kind == FactKind::kRustCrate && one.product.starts_with("aws-lc");
         });
}

}  // namespace

std::optional<RuleId> RuleOfKind(FactKind kind) { return Find(kPlain, kind); }

std::optional<RuleId> RuleOfBuiltIn(const FileFacts& file, const Fact& fact) {
  if (IsCratesLibrary(file, fact)) return std::nullopt;
  if (const auto rule = RuleOfBroughtAlong(file)) return rule;
  if (Has(file, FactKind::kPythonExtension)) return RuleId::kPythonStatic;
  if (Has(file, FactKind::kNodeRuntime)) {
    return fact.product == "OpenSSL" ? RuleId::kNodeRuntime : RuleId::kNodeBoring;
  }
  return Has(file, FactKind::kNodeAddon) ? RuleId::kNodeAddon : RuleId::kBundledOpenSsl;
}

std::optional<RuleId> RuleOfBroughtAlong(const FileFacts& file) {
  constexpr auto kPlaces = std::to_array<Row>(
      {{FactKind::kInJar, RuleId::kJavaNative}, {FactKind::kInWheel, RuleId::kPythonBundled}});
  for (const auto& [place, rule] : kPlaces) {
    if (Has(file, place)) return rule;
  }
  return std::nullopt;
}

RuleId RuleOfCrate(std::string_view crate) {
  if (crate == kRing) return RuleId::kRustRing;
  if (crate == kAwsLc) return RuleId::kRustAwsLc;
  return crate == kAwsLcFips ? RuleId::kRustAwsLcFips : RuleId::kRustCrypto;
}

std::string ApplicationOf(std::string_view path) {
  const std::size_t archive = path.find('!');
  if (archive == std::string_view::npos) return std::string(path.substr(0, path.rfind('/') + 1));
  // Jars beside one another in a folder are one application as well.
  const std::string_view outer = path.substr(0, archive);
  const bool is_jar = outer.ends_with(".jar") && path.find('!', archive + 1) == path.npos;
  return std::string(is_jar ? outer.substr(0, outer.rfind('/') + 1) : outer);
}

}  // namespace vallum::scan
