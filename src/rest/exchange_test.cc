// SPDX-License-Identifier: Apache-2.0
#include "rest/exchange.h"

#include <gtest/gtest.h>

#include "base/test_matchers.h"

namespace vallum::rest {
namespace {

using testing::Eq;
using testing::HasSubstr;

constexpr std::string_view kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TraceIdTest, TakesTheTraceIdOfVersionZero) { EXPECT_EQ(TraceId(kParent), kTrace); }

TEST(TraceIdTest, LaterVersionsMayAppend) {
  std::string later = "cc" + std::string(kParent.substr(2)) + "-what";
  EXPECT_EQ(TraceId(later), kTrace);
}

TEST(TraceIdTest, AnythingElseIsNoTrace) {
  const std::string good(kParent);
  const auto with = [&](std::size_t at, char c) {
    std::string text = good;
    text[at] = c;
    return text;
  };
  const std::string zero = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
  const std::string no_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01";
  for (const std::string& text :
       {std::string(), std::string("00"), with(2, '_'), with(35, '0'), with(52, '0'), with(3, 'A'),
        with(4, '"'), with(53, 'x'), "ff" + good.substr(2), good + "-more", good + "0",
        good.substr(0, 54), "cc" + good.substr(2) + "x", zero, no_parent}) {
    EXPECT_EQ(TraceId(text), "") << text;
  }
}

TEST(QueryTest, ReadsTextAndNumbers) {
  auto query = Query::Parse("prefix=pay%2Droll&limit=10&empty=");
  ASSERT_THAT(query, IsOk());
  EXPECT_EQ(query->Text("prefix"), "pay-roll");
  EXPECT_THAT(query->Number("limit", 100, 1, 1000), IsOkAnd(Eq(10u)));
  EXPECT_EQ(query->Text("empty"), "");
  EXPECT_THAT(query->Number("absent", 100, 1, 1000), IsOkAnd(Eq(100u)));
  EXPECT_THAT(query->Finish(), IsOk());
}

TEST(QueryTest, NumbersOutsideTheirBoundsAreRefused) {
  for (const std::string_view text :
       {"n=0", "n=1001", "n=-1", "n=1x", "n=x", "n=0x10", "n=99999999999999999999"}) {
    auto query = Query::Parse(text);
    ASSERT_THAT(query, IsOk()) << text;
    EXPECT_THAT(query->Number("n", 100, 1, 1000), IsError(Code::kInvalidArgument)) << text;
  }
}

TEST(QueryTest, UnknownParametersAreNamed) {
  const auto query = Query::Parse("limti=10");
  ASSERT_THAT(query, IsOk());
  EXPECT_THAT(query->Finish(), IsError(Code::kInvalidArgument, HasSubstr("limti")));
}

TEST(QueryTest, RepeatedAndMalformedParametersAreRefused) {
  for (const std::string_view text : {"a=1&a=2", "a", "=1", "a=1&", "a=%", "%=1"}) {
    const auto query = Query::Parse(text);
    if (text == "a=1&") {
      EXPECT_THAT(query, IsOk());
      continue;
    }
    EXPECT_THAT(query, IsError(Code::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace vallum::rest
