// SPDX-License-Identifier: Apache-2.0
#include "scan/rule/evaluate.h"

#include <gmock/gmock.h>

#include <set>

#include "base/test_matchers.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kProvider = "OpenSSL FIPS Provider";
constexpr const char *kLikelyHash = "aa", *kCandidateHash = "bb";

CertificateTable Table() {
  return *CertificateTable::Parse(
      {.certificates = "certificate,vendor,module,standard,level,status,sunset,as_of\n"
                       "1,V,Active,FIPS 140-3,1,active,2030-01-01,2026-03-29\n"
                       "2,V,Ending,FIPS 140-3,1,active,2027-01-01,2026-03-29\n"
                       "3,V,Ended,FIPS 140-3,1,active,2026-07-30,2026-03-29\n"
                       "4,V,No date,FIPS 140-3,1,active,,2026-03-29\n",
       .newer = "",
       .versions = "product,version,certificate\nOpenSSL FIPS Provider,3.1.2,1\nOpenSSL FIPS "
                   "Provider,3.0.9,3\n"
                   "OpenSSL FIPS Provider,3.0.8,2\nOpenSSL FIPS Provider,3.0.8,3\n"
                   "OpenSSL FIPS Provider,3.9.9,4\nGo Cryptographic Module,v1.0.0,1\n",
       .files = "sha256,certificate,file,standing\naa,1,fips.so,likely\nbb,1,fips.so,candidate\n"});
}

FileFacts File(std::string path, Fact fact, std::string sha256 = "") {
  return {std::move(path), 1, std::move(sha256), {std::move(fact)}};
}
FileFacts Module(std::string version, std::string sha256 = "") {
  return File(
      "fips.so",
      {FactKind::kFipsModule, std::string(kProvider), std::move(version), Confidence::kExact, "e"},
      std::move(sha256));
}
FileFacts Library(std::string product, std::string version) {
  return File("lib.so", {FactKind::kIsLibrary, std::move(product), std::move(version),
                         Confidence::kExact, "e"});
}

Evaluation Judge(const std::vector<FileFacts>& files) {
  return Evaluate(files, Table(), {.as_of = *ParseDay("2026-11-21"), .expiring_days = 180});
}

std::vector<std::string_view> Rules(const std::vector<FileFacts>& files) {
  std::vector<std::string_view> ids;
  for (const Finding& finding : Judge(files).findings) ids.push_back(RuleOf(finding.rule).id);
  return ids;
}

TEST(RuleTest, IdentifiersAndNamesAreUnique) {
  std::set<std::string_view> seen;
  for (const Rule& rule : kRules)
    EXPECT_TRUE(seen.insert(rule.id).second && seen.insert(rule.name).second);
}

TEST(RuleTest, SeveritiesHaveNamesThatCanBeRead) {
  for (const Rule& rule : kRules)
    EXPECT_EQ(ParseSeverity(SeverityName(rule.severity)), rule.severity);
  EXPECT_EQ(ParseSeverity("never"), std::nullopt);
}

TEST(EvaluateTest, AFileThatACertificateNamesIsCleanAndInTheInventory) {
  const Evaluation evaluation = Judge({Module("3.1.2", kLikelyHash), Library("OpenSSL", "3.1.2")});
  EXPECT_THAT(evaluation.findings, IsEmpty());
  ASSERT_EQ(evaluation.modules.size(), 1U);
  EXPECT_THAT(evaluation.modules[0].certificates, ElementsAre(1U));
  EXPECT_TRUE(evaluation.modules[0].by_hash);
  EXPECT_EQ(evaluation.modules[0].status, CertificateStatus::kActive);
}

TEST(EvaluateTest, AVersionOrACandidateFileIsNoProof) {
  EXPECT_THAT(Rules({Module("3.1.2", "cc")}), ElementsAre("FS-CM-004"));
  EXPECT_THAT(Rules({Module("3.1.2", kCandidateHash)}), ElementsAre("FS-CM-004"));
}

TEST(EvaluateTest, AVersionThatNoCertificateNamesIsAFinding) {
  EXPECT_THAT(Rules({Module("3.5.7")}), ElementsAre("FS-OS-004"));
  EXPECT_THAT(Rules({Module("")}), ElementsAre("FS-OS-004"));
}

TEST(EvaluateTest, CertificatesEndOnTheirDay) {
  EXPECT_THAT(Rules({Module("3.0.9")}), ElementsAre("FS-CM-001", "FS-CM-004"));
  EXPECT_THAT(Rules({Module("3.0.8")}), ElementsAre("FS-CM-002", "FS-CM-004"));
}

TEST(EvaluateTest, ACertificateWithoutADateIsUnknown) {
  EXPECT_EQ(Judge({Module("3.9.9")}).modules[0].status, CertificateStatus::kUnknown);
}

TEST(EvaluateTest, OpenSslWithoutAnyProviderIsInactive) {
  EXPECT_THAT(Rules({Library("OpenSSL", "3.0.19")}), ElementsAre("FS-OS-001"));
  EXPECT_THAT(Rules({Library("OpenSSL", "")}), IsEmpty());
}

TEST(EvaluateTest, OtherLibrariesAndBuiltInOnesAreBypasses) {
  EXPECT_THAT(Rules({Library("libsodium", "")}), ElementsAre("FS-CC-002"));
  EXPECT_THAT(Rules({File("a", {FactKind::kNeeds, "GnuTLS", "", Confidence::kExact, "e"})}),
              ElementsAre("FS-CC-003"));
  EXPECT_THAT(Rules({File("a", {FactKind::kNeeds, "OpenSSL", "", Confidence::kExact, "e"})}),
              IsEmpty());
  EXPECT_THAT(Rules({File("a", {FactKind::kContains, "OpenSSL", "3", Confidence::kExact, "e"})}),
              ElementsAre("FS-CC-001"));
}

TEST(EvaluateTest, GoIsJudgedByItsModulesVersion) {
  const auto on = [](std::string version) {
    return File("g", {FactKind::kGoFipsOn, "Go Cryptographic Module", std::move(version),
                      Confidence::kExact, "e"});
  };
  EXPECT_THAT(Rules({on("latest")}), ElementsAre("FS-GO-002"));
  EXPECT_THAT(Rules({on("v1.0.0-c2097c7c")}), ElementsAre("FS-CM-004"));
  EXPECT_THAT(Rules({on("v1.0.0")}), ElementsAre("FS-CM-004", "FS-GO-005"));
  EXPECT_THAT(Rules({on("v1.26.0-00000000")}), ElementsAre("FS-OS-004"));
  const auto of = [](FactKind kind) {
    return File("g", {kind, "Go", "", Confidence::kExact, "e"});
  };
  EXPECT_THAT(Rules({of(FactKind::kGoBuild)}), IsEmpty());
  EXPECT_THAT(Rules({of(FactKind::kGoFipsOff)}), ElementsAre("FS-GO-001"));
  EXPECT_THAT(Rules({of(FactKind::kGoLabelOnly)}), ElementsAre("FS-GO-003"));
  EXPECT_THAT(Rules({of(FactKind::kGoBoring)}), ElementsAre("FS-GO-004"));
  EXPECT_THAT(Rules({of(FactKind::kGoOtherCrypto)}), ElementsAre("FS-GO-007"));
  EXPECT_THAT(Rules({of(FactKind::kGoNoBuildInfo)}), ElementsAre("FS-GO-008"));
}

TEST(EvaluateTest, WeakEvidenceIsMediumAtMost) {
  const Evaluation evaluation =
      Judge({File("a", {FactKind::kContains, "OpenSSL", "", Confidence::kWeak, "e"})});
  EXPECT_EQ(evaluation.findings.at(0).severity, Severity::kMedium);
}

TEST(EvaluateTest, TheWorstComesFirstThenByPath) {
  const Evaluation evaluation =
      Judge({Library("libsodium", ""),
             File("z", {FactKind::kContains, "OpenSSL", "", Confidence::kExact, "e"}),
             File("b", {FactKind::kContains, "OpenSSL", "", Confidence::kExact, "e"})});
  std::vector<std::string> paths;
  for (const Finding& finding : evaluation.findings) paths.push_back(finding.path);
  EXPECT_THAT(paths, ElementsAre("b", "z", "lib.so"));
}

}  // namespace
}  // namespace vallum::scan
