// SPDX-License-Identifier: Apache-2.0
#include "scan/report/fleet_report.h"

#include <gmock/gmock.h>

#include "base/json.h"
#include "base/test_matchers.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

ScanReport Report(std::string target, const std::vector<std::string>& products) {
  ScanReport report;
  report.target = std::move(target);
  for (const std::string& product : products) {
    report.collected.files.push_back(
        {product, 1, "", {{FactKind::kContains, product, "1.0", Confidence::kExact, "e"}}});
  }
  return report;
}

TEST(FleetReportTest, SaysWhatIsUsedWhere) {
  const auto uses = UsesOf({Report("a", {"OpenSSL", "NSS"}), Report("b", {"OpenSSL"})});
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].product, "NSS");
  EXPECT_THAT(uses[0].targets, ElementsAre(0U));
  EXPECT_THAT(uses[1].targets, ElementsAre(0U, 1U));
}

TEST(FleetReportTest, WhatIsOnlyLinkedIsNoUse) {
  ScanReport report = Report("a", {"OpenSSL"});
  report.collected.files[0].facts[0].kind = FactKind::kNeeds;
  EXPECT_TRUE(UsesOf({report}).empty());
}

TEST(FleetReportTest, OneThatHasOrLacksItAloneStandsOut) {
  EXPECT_TRUE(StandsOut({"p", "", {1}}, 3));
  EXPECT_TRUE(StandsOut({"p", "", {0, 2}}, 3));
  EXPECT_FALSE(StandsOut({"p", "", {0, 1, 2}}, 3));
  EXPECT_FALSE(StandsOut({"p", "", {0, 1}}, 4));
}

TEST(FleetReportTest, OfTwoNeitherIsTheOddOne) {
  EXPECT_FALSE(StandsOut({"p", "", {0}}, 2));
  EXPECT_THAT(FleetText({Report("a", {"NSS"}), Report("b", {})}), Not(HasSubstr("differs")));
}

TEST(FleetReportTest, AHostileVersionCannotSteerTheTerminal) {
  ScanReport report = Report("a", {"NSS"});
  report.collected.files[0].facts[0].version = "\x1b[2J";
  EXPECT_THAT(FleetText({report}), HasSubstr("\\x1b[2J"));
  EXPECT_THAT(JsonDocument::Parse(FleetJson({report})), IsOk());
}

}  // namespace
}  // namespace vallum::scan
