// SPDX-License-Identifier: Apache-2.0
#include "scan/rule/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "scan/java/java_library.h"
#include "scan/rule/rule_of_fact.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kOpenSsl = "OpenSSL";

class Evaluator {
 public:
  Evaluator(const CertificateTable& certificates, const EvaluationOptions& options)
      : certificates_(certificates), options_(options) {}

  Evaluation Run(const std::vector<FileFacts>& files) {
    for (const FileFacts& file : files) LookAround(file);
    for (const FileFacts& file : files) {
      for (const Fact& fact : file.facts) Judge(file, fact);
    }
    std::stable_sort(out_.findings.begin(), out_.findings.end(), WorseFirst);
    return std::move(out_);
  }

 private:
  /// What decides about other files.
  void LookAround(const FileFacts& file) {
    for (const Fact& fact : file.facts) {
      if (fact.kind == FactKind::kProviderActivated) activated_ = true;
      if (fact.kind == FactKind::kGoSwitchedOn) go_switched_on_ = true;
      if (fact.kind == FactKind::kModuleConfig) module_configs_.insert(file.path);
      if (fact.kind != FactKind::kFipsModule) continue;
      provider_present_ = provider_present_ || fact.product.starts_with(kOpenSsl);
      if (fact.product == kBouncyCastleFips) fips_castles_.insert(ApplicationOf(file.path));
    }
  }

  void Judge(const FileFacts& file, const Fact& fact) {
    if (const auto rule = RuleOfKind(fact.kind)) return Add(*rule, file, fact);
    switch (fact.kind) {
      case FactKind::kContains:
        if (const auto rule = RuleOfBuiltIn(file, fact)) Add(*rule, file, fact);
        return;
      case FactKind::kIsLibrary:
        return JudgeLibrary(file, fact);
      case FactKind::kNeeds:
        if (fact.product != kOpenSsl) Add(RuleId::kLinkedToOther, file, fact);
        return;
      case FactKind::kFipsModule:
        return JudgeModule(file, fact);
      case FactKind::kGoFipsOn:
        return JudgeGoModule(file, fact);
      case FactKind::kGoFipsOff:
        // The environment brings the toolchain's own copy into the mode, which is not frozen.
        return Add(go_switched_on_ ? RuleId::kGoLatest : RuleId::kGoDefaultOff, file, fact);
      case FactKind::kOpenSslConfig:
        if (provider_present_ && !activated_) Add(RuleId::kNoConfigActivates, file, fact);
        return;
      case FactKind::kIncludesModuleConfig:
        if (!HasModuleConfig(fact.product)) Add(RuleId::kModuleConfigMissing, file, fact);
        return;
      case FactKind::kJavaLibrary:
        return JudgeJavaLibrary(file, fact);
      case FactKind::kRustCrate:
        return Add(RuleOfCrate(fact.product), file, fact);
      default:
        return;  // a role, or a fact that is no fault
    }
  }

  void JudgeLibrary(const FileFacts& file, const Fact& fact) {
    if (const auto rule = RuleOfBroughtAlong(file)) return Add(*rule, file, fact);
    if (fact.product != kOpenSsl) return Add(RuleId::kOtherLibrary, file, fact);
    // libssl has no cryptography of its own: the one finding is libcrypto's, which has a version.
    if (!provider_present_ && !fact.version.empty()) Add(RuleId::kFipsNotActive, file, fact);
  }

  /// A relative path depends on the folder that a program runs in: any file of that name will do.
  bool HasModuleConfig(std::string_view path) const {
    const bool absolute = path.starts_with('/');
    return absolute ? module_configs_.contains(path.substr(1)) : !module_configs_.empty();
  }

  void JudgeJavaLibrary(const FileFacts& file, const Fact& fact) {
    if (fact.product != kBouncyCastle) return Add(RuleId::kJavaLibrary, file, fact);
    Add(RuleId::kBouncyCastle, file, fact);
    if (fips_castles_.contains(ApplicationOf(file.path))) {
      Add(RuleId::kBothBouncyCastles, file, fact);
    }
  }

  void Add(RuleId rule, const FileFacts& file, const Fact& fact, std::string_view more = "") {
    Severity severity = RuleOf(rule).severity;
    if (fact.confidence == Confidence::kWeak) severity = std::min(severity, Severity::kMedium);
    out_.findings.push_back({rule, severity, file.path, fact.product, fact.version, file.sha256,
                             fact.confidence, fact.evidence + std::string(more)});
  }

  /// Go's frozen versions carry a part of their hash; without it the name does not say which code it is.
  void JudgeGoModule(const FileFacts& file, const Fact& fact) {
    if (fact.version == "latest") return Add(RuleId::kGoLatest, file, fact);
    const std::size_t dash = fact.version.find('-');
    if (dash == std::string::npos) Add(RuleId::kGoVersionAmbiguous, file, fact);
    Fact plain = fact;
    plain.version = fact.version.substr(0, dash);
    JudgeModule(file, plain);
  }

  void JudgeModule(const FileFacts& file, const Fact& fact) {
    ModuleUse use{.path = file.path,
                  .product = fact.product,
                  .version = fact.version,
                  .sha256 = file.sha256,
                  .certificates = {}};
    bool likely = false;
    for (const FileMatch& match : certificates_.ForFile(file.sha256)) {
      use.certificates.push_back(match.certificate);
      use.by_hash = true;
      likely = likely || match.standing == FileStanding::kLikely;
    }
    if (!use.by_hash) use.certificates = certificates_.ForVersion(fact.product, fact.version);
    use.status = BestStatus(use.certificates);
    if (use.certificates.empty()) {
      Add(RuleId::kVersionNotOnCertificate, file, fact);
    } else {
      JudgeCertificates(file, fact, use, likely);
    }
    out_.modules.push_back(std::move(use));
  }

  void JudgeCertificates(const FileFacts& file, const Fact& fact, const ModuleUse& use,
                         bool likely) {
    const std::string which = fmt::format("; certificate {}", fmt::join(use.certificates, ", "));
    if (!likely) Add(RuleId::kNotProven, file, fact, which);
    if (use.status == CertificateStatus::kHistorical) {
      Add(RuleId::kCertificateExpired, file, fact, which);
    }
    const bool all_end =
        std::all_of(use.certificates.begin(), use.certificates.end(), [this](auto number) {
          const Certificate* one = certificates_.Find(number);
          return one != nullptr &&
                 (one->ExpiresWithin(options_.as_of, options_.expiring_days) ||
                  one->StatusOn(options_.as_of) == CertificateStatus::kHistorical);
        });
    if (all_end && use.status == CertificateStatus::kActive) {
      Add(RuleId::kCertificateExpiring, file, fact, which);
    }
  }

  CertificateStatus BestStatus(const std::vector<std::uint32_t>& numbers) const {
    bool historical = false, unknown = numbers.empty();
    for (const std::uint32_t number : numbers) {
      const Certificate* one = certificates_.Find(number);
      const auto status =
          one == nullptr ? CertificateStatus::kUnknown : one->StatusOn(options_.as_of);
      if (status == CertificateStatus::kActive) return status;
      (status == CertificateStatus::kHistorical ? historical : unknown) = true;
    }
    return historical && !unknown ? CertificateStatus::kHistorical : CertificateStatus::kUnknown;
  }

  const CertificateTable& certificates_;
  const EvaluationOptions& options_;
  bool provider_present_ = false;
  bool activated_ = false;
  bool go_switched_on_ = false;
  std::set<std::string, std::less<>> module_configs_;
  std::set<std::string, std::less<>> fips_castles_;  // applications with bc-fips
  Evaluation out_;
};

}  // namespace

bool WorseFirst(const Finding& a, const Finding& b) {
  return std::tuple(b.severity, std::string_view(a.path), RuleOf(a.rule).id) <
         std::tuple(a.severity, std::string_view(b.path), RuleOf(b.rule).id);
}

Evaluation Evaluate(const std::vector<FileFacts>& files, const CertificateTable& certificates,
                    const EvaluationOptions& options) {
  return Evaluator(certificates, options).Run(files);
}

}  // namespace vallum::scan
