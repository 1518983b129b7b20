// SPDX-License-Identifier: Apache-2.0
#include "scan/report/inventory.h"

#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/content/text.h"

namespace vallum::scan {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kHead = "certificate,vendor,module,standard,level,status,sunset,as_of\n";
constexpr std::string_view kRows =
    "1,V,Module 3.0,FIPS 140-3,1,active,2026-12-31,2026-03-29\n"
    "2,V,Module 3.1,FIPS 140-3,1,active,2030-12-31,2026-03-29\n"
    "3,W,Module 3.2,FIPS 140-3,1,active,2031-12-31,2026-03-29\n"
    "4,V,Module 3.3,FIPS 140-3,1,historical,2031-12-31,2026-03-29\n";

CertificateTable Table() {
  return *CertificateTable::Parse({std::string(kHead) + std::string(kRows), "", "", ""});
}

ScanReport Report() {
  ScanReport report;
  report.options.as_of = *ParseDay("2026-11-21");
  report.evaluation.modules = {
      {.path = "a/fips.so", .product = "P", .version = "3.0", .sha256 = "", .certificates = {1}},
      {.path = "b/fips.so", .product = "P", .version = "3.0", .sha256 = "", .certificates = {1}},
      {.path = "c/fips.so", .product = "P", .version = "9", .sha256 = "", .certificates = {}}};
  report.collected.files = {
      {"=cmd", 1, "", {{FactKind::kRustCrate, "ring", "0.17", Confidence::kExact, "e"}}},
      {"x.py", 1, "", {{FactKind::kPythonWeakHash, "md5", "", Confidence::kExact, "e"}}}};
  return report;
}

std::vector<std::string> Lines() {
  std::vector<std::string> lines;
  const std::string csv = InventoryCsv(Report(), Table());
  for (const std::string_view line : LinesOf(csv)) lines.emplace_back(line);
  return lines;
}

TEST(InventoryTest, AModuleHasOneRowWithItsCertificateAndWhereItIsUsed) {
  EXPECT_EQ(Lines().at(1),
            R"("module","P","3.0","1","Module 3.0","V","FIPS 140-3","1","active","2026-12-31","2",)"
            R"("version","2","a/fips.so; b/fips.so")");
}

TEST(InventoryTest, AModuleWithoutACertificateIsToldAsSuch) {
  EXPECT_THAT(Lines().at(2), HasSubstr(R"("P","9","","","","","","no certificate is known")"));
}

TEST(InventoryTest, OtherCryptographyIsThereAndRequestsForItAreNot) {
  ASSERT_EQ(Lines().size(), 4U);
  EXPECT_THAT(Lines().at(3), StartsWith(R"("other cryptography","ring","0.17")"));
}

TEST(InventoryTest, TheLibraryThatLeadsToAProviderIsNotBesideIt) {
  ScanReport report = Report();
  report.collected.files = {
      {"l.so", 1, "", {{FactKind::kIsLibrary, "OpenSSL", "3.5.7", Confidence::kExact, "e"}}}};
  EXPECT_THAT(InventoryCsv(report, Table()), HasSubstr("\"other cryptography\",\"OpenSSL\""));
  report.evaluation.modules[0].product = "OpenSSL FIPS Provider";
  EXPECT_THAT(InventoryCsv(report, Table()), Not(HasSubstr("other cryptography")));
}

TEST(InventoryTest, ANameIsNoFormula) {
  EXPECT_THAT(Lines().at(3), testing::EndsWith(R"("1","'=cmd")"));
}

TEST(SuccessorTest, IsTheSameVendorsActiveModuleOfThatNameWhichEndsLater) {
  const CertificateTable table = Table();
  EXPECT_EQ(table.SuccessorOf(1, *ParseDay("2026-11-21")), 2U);
  EXPECT_EQ(table.SuccessorOf(1, *ParseDay("2031-01-01")), std::nullopt);
  EXPECT_EQ(table.SuccessorOf(3, *ParseDay("2026-11-21")), std::nullopt);
  EXPECT_EQ(table.SuccessorOf(99, *ParseDay("2026-11-21")), std::nullopt);
}

}  // namespace
}  // namespace vallum::scan
