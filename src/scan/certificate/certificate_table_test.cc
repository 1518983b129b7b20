// SPDX-License-Identifier: Apache-2.0
#include "scan/certificate/certificate_table.h"

#include <gmock/gmock.h>

#include "base/test_matchers.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kHead = "certificate,vendor,module,standard,level,status,sunset,as_of\n";

Day D(std::string_view text) { return *ParseDay(text); }

TEST(DayTest, ReadsAndWritesOneForm) {
  EXPECT_EQ(FormatDay(D("2026-11-21")), "2026-11-21");
  EXPECT_EQ(FormatDay(D("2028-02-29")), "2028-02-29");
}

TEST(DayTest, RefusesEverythingElse) {
  for (const char* text : {"", "2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-01",
                           "2026/01/01", "2026-01-01T", "-026-01-01", "2026-+1-01", "2026-01--1"}) {
    EXPECT_THAT(ParseDay(text), IsError(Code::kInvalidArgument)) << text;
  }
}

class BuiltInTableTest : public testing::Test {
 protected:
  const CertificateTable table_ = *CertificateTable::BuiltIn();
};

TEST_F(BuiltInTableTest, HoldsTheProjectsOwnCertificate) {
  const Certificate* one = table_.Find(4985);
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->module, "OpenSSL FIPS Provider");
  EXPECT_EQ(one->standard, "FIPS 140-3");
  EXPECT_EQ(FormatDay(*one->sunset), "2030-03-10");
  EXPECT_EQ(one->StatusOn(D("2026-11-21")), CertificateStatus::kActive);
  EXPECT_EQ(one->StatusOn(D("2030-03-10")), CertificateStatus::kActive);
  EXPECT_EQ(one->StatusOn(D("2030-03-11")), CertificateStatus::kHistorical);
}

TEST_F(BuiltInTableTest, EveryFips1402CertificateEndedInSeptember2026) {
  std::size_t seen = 0;
  for (std::uint32_t number = 1; number < 6000; ++number) {
    const Certificate* one = table_.Find(number);
    if (one == nullptr || one->standard != "FIPS 140-2") continue;
    ++seen;
    EXPECT_NE(one->StatusOn(D("2026-09-22")), CertificateStatus::kActive) << number;
  }
  EXPECT_GT(seen, 200U);
}

TEST_F(BuiltInTableTest, NewerFactsReplaceTheList) {
  EXPECT_EQ(FormatDay(*table_.Find(4823)->sunset), "2029-10-06");
  EXPECT_EQ(table_.Find(4779)->StatusOn(D("2026-11-21")), CertificateStatus::kHistorical);
  EXPECT_EQ(table_.Find(5298)->StatusOn(D("2026-11-21")), CertificateStatus::kUnknown);
}

TEST_F(BuiltInTableTest, KnowsVersionsAndFiles) {
  EXPECT_THAT(table_.ForVersion("OpenSSL FIPS Provider", "3.1.2"), ElementsAre(4985));
  EXPECT_THAT(table_.ForVersion("OpenSSL FIPS Provider", "3.1.20"), IsEmpty());
  EXPECT_THAT(table_.ForVersion("OpenSSL FIPS Provider", "3.5.7"), IsEmpty());
  EXPECT_THAT(table_.ForFile("a8ac9aa721fc6ec24e2610ad302c8fcc93181461425aacd1eaebbb838209a9f5"),
              ElementsAre(testing::Field(&FileMatch::certificate, 4746U),
                          testing::Field(&FileMatch::certificate, 4779U)));
  EXPECT_THAT(table_.ForFile(""), IsEmpty());
}

TEST_F(BuiltInTableTest, EveryVersionAndFileNamesACertificateThatIsThere) {
  for (const auto* product : {"OpenSSL FIPS Provider", "Go Cryptographic Module"}) {
    for (const auto* version : {"3.1.2", "3.0.8-d694bfa693b76001", "3.4.0-r4", "v1.0.0"}) {
      for (const auto number : table_.ForVersion(product, version))
        EXPECT_NE(table_.Find(number), nullptr);
    }
  }
}

TEST(CertificateTableTest, ExpiryIsToldInsideTheWindowOnly) {
  const std::string rows = std::string(kHead) + "1,V,M,FIPS 140-3,1,active,2027-01-16,2026-03-29\n";
  const auto table = CertificateTable::Parse({rows, "", "", ""});
  ASSERT_THAT(table, IsOk());
  const Certificate& one = *table->Find(1);
  EXPECT_TRUE(one.ExpiresWithin(D("2026-11-21"), 180));
  EXPECT_FALSE(one.ExpiresWithin(D("2026-11-21"), 30));
  EXPECT_FALSE(one.ExpiresWithin(D("2027-02-01"), 180));
}

TEST(CertificateTableTest, AWrongRowIsNamedByItsLine) {
  for (const char* row :
       {"x,V,M,FIPS 140-3,1,active,2027-01-16,2026-03-29",
        "1,V,M,FIPS 140-3,1,active,soon,2026-03-29", "1,V,M,FIPS 140-3,1,active,2027-01-16",
        "1,V,M,FIPS 140-3,1,active,2027-01-16,"}) {
    EXPECT_THAT(CertificateTable::Parse({"# comment\n" + std::string(kHead) + row, "", "", ""}),
                IsError(Code::kConfiguration, HasSubstr("line 3")))
        << row;
  }
}

}  // namespace
}  // namespace vallum::scan
