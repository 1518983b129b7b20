// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <gtest/gtest.h>

namespace vallum::cli {
namespace {

TEST(FormatBytesTest, ThreeDigitsAndAUnit) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(999), "999 B");
  EXPECT_EQ(FormatBytes(1000), "1.00 kB");
  EXPECT_EQ(FormatBytes(64'200'000), "64.2 MB");
  EXPECT_EQ(FormatBytes(999'600), "1.00 MB");
  EXPECT_EQ(FormatBytes(1'073'741'824), "1.07 GB");
  EXPECT_EQ(FormatBytes(123'000'000'000), "123 GB");
}

TEST(FormatProgressTest, ShowsBarPercentAmountAndSpeed) {
  EXPECT_EQ(FormatProgress("encrypting", 50'000'000, 100'000'000, Unit::kBytes, 1.0, 120),
            "encrypting  [##############..............]  50 %  50.0 MB  50.0 MB/s");
}

TEST(FormatProgressTest, WithoutATotalThereIsNoBar) {
  EXPECT_EQ(FormatProgress("hashing", 1234, std::nullopt, Unit::kBytes, 0.1, 120),
            "hashing  1.23 kB");
}

TEST(FormatProgressTest, ItemsAreCountedPlainly) {
  EXPECT_EQ(FormatProgress("verifying", 1234, std::nullopt, Unit::kItems, 2.0, 120),
            "verifying  1234  617/s");
}

TEST(FormatProgressTest, NeverLeavesTheLineOrTheBar) {
  EXPECT_EQ(FormatProgress("encrypting", 1, 1, Unit::kBytes, 5, 20).size(), 20u);
  EXPECT_NE(FormatProgress("x", 300, 100, Unit::kBytes, 5, 120).find("100 %"), std::string::npos);
  EXPECT_NE(FormatProgress("x", 0, 0, Unit::kBytes, 5, 120).find("100 %"), std::string::npos);
}

}  // namespace
}  // namespace vallum::cli
