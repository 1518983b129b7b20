// SPDX-License-Identifier: Apache-2.0
#include "module/algorithm.h"

#include <set>

#include "module/approved_table.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

TEST(AlgorithmTest, NamesParseBack) {
  for (const Algorithm algorithm : Algorithms()) {
    const auto parsed = ParseAlgorithm(Name(algorithm));
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(*parsed, algorithm);
  }
  for (std::size_t i = 0; i < kSchemeCount; ++i) {
    const auto parsed = ParseScheme(Name(static_cast<Scheme>(i)));
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(*parsed, static_cast<Scheme>(i));
  }
}

TEST(AlgorithmTest, UnknownNamesListTheKnownOnes) {
  const auto parsed = ParseAlgorithm("aes-192-ocb");
  ASSERT_THAT(parsed, IsError(Code::kUnsupported));
  EXPECT_NE(parsed.error().message().find("aes-256-gcm"), std::string::npos);
  EXPECT_THAT(ParseScheme("md5"), IsError(Code::kUnsupported));
  EXPECT_THAT(ParseUsages({"sign", "attest"}), IsError(Code::kUnsupported));
}

TEST(AlgorithmTest, UsagesParseBack) {
  for (const Algorithm algorithm : Algorithms()) {
    const Usages all = AllUsages(algorithm);
    EXPECT_NE(all, Usages());
    const auto parsed = ParseUsages(UsageNames(all));
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(*parsed, all);
  }
  EXPECT_THAT(ParseUsages({"sign", "sign"}), IsOk());
  EXPECT_EQ(*ParseUsages({}), Usages());
}

TEST(AlgorithmTest, EveryAlgorithmCanBeMadeAndUsed) {
  for (const AlgorithmFacts& facts : kAlgorithms) {
    EXPECT_NE(FindService(facts, Operation::kGenerate, Scheme::kDefault), nullptr);
    EXPECT_NE(FindService(facts, Operation::kImport, Scheme::kDefault), nullptr);
  }
}

TEST(AlgorithmTest, NumbersAndNamesAreDistinct) {
  std::set<Algorithm> numbers;
  std::set<std::string_view> names;
  for (const AlgorithmFacts& facts : kAlgorithms) {
    numbers.insert(facts.algorithm);
    names.insert(facts.name);
  }
  EXPECT_EQ(numbers.size(), kAlgorithms.size());
  EXPECT_EQ(names.size(), kAlgorithms.size());
}

TEST(AlgorithmTest, RecommendedSchemesComeFirst) {
  EXPECT_EQ(SchemesOf(Algorithm::kRsa3072, Operation::kSign).front(), Scheme::kRsaPssSha256);
  EXPECT_EQ(SchemesOf(Algorithm::kEcP384, Operation::kSign).front(), Scheme::kEcdsaSha384);
  EXPECT_EQ(SchemesOf(Algorithm::kEcP521, Operation::kSign),
            (std::vector<Scheme>{Scheme::kEcdsaSha512, Scheme::kEcdsaSha3_512}));
  EXPECT_TRUE(SchemesOf(Algorithm::kMlKem768, Operation::kSign).empty());
}

TEST(AlgorithmTest, ReasonsHaveNames) {
  EXPECT_TRUE(ReasonNames(0).empty());
  EXPECT_EQ(ReasonNames(static_cast<std::uint32_t>(Reason::kShortKey)),
            std::vector<std::string_view>{"short_key"});
  EXPECT_EQ(ReasonNames(0x7f).size(), 7u);
}

}  // namespace
}  // namespace vallum::module
