// SPDX-License-Identifier: Apache-2.0
#include "scan/exception/exceptions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/test_matchers.h"

namespace vallum::scan {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Day kToday = *ParseDay("2026-11-21");

std::string One(std::string_view members) {
  return fmt::format("{{\"exceptions\":[{{{}}}]}}", members);
}
std::string For(std::string_view path, std::string_view expires,
                std::string_view rule = "FS-CC-001") {
  return One(fmt::format(R"("rule":"{}","path":"{}","reason":"r","owner":"o","expires":"{}")", rule,
                         path, expires));
}

Evaluation Found(std::initializer_list<const char*> paths) {
  Evaluation evaluation;
  for (const char* path : paths) {
    evaluation.findings.push_back({RuleId::kBundledOpenSsl, Severity::kHigh, path, "OpenSSL", "",
                                   std::string(64, 'a'), Confidence::kExact, "e"});
  }
  return evaluation;
}

Evaluation Accepted(const std::string& json, Evaluation evaluation) {
  const auto exceptions = ParseExceptions(json, kToday);
  EXPECT_THAT(exceptions, IsOk());
  Accept(*exceptions, kToday, evaluation);
  return evaluation;
}

TEST(ExceptionsTest, WhatIsCoveredIsAcceptedAndTheRestStays) {
  const Evaluation evaluation =
      Accepted(For("usr/bin/*", "2027-01-01"), Found({"usr/bin/a/b", "opt/c"}));
  ASSERT_THAT(evaluation.accepted, SizeIs(1));
  EXPECT_EQ(evaluation.accepted[0].finding.path, "usr/bin/a/b");
  EXPECT_EQ(evaluation.accepted[0].reason, "r");
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  EXPECT_EQ(evaluation.findings[0].path, "opt/c");
}

TEST(ExceptionsTest, AnotherRuleOrAnotherContentIsNotCovered) {
  EXPECT_THAT(Accepted(For("*", "2027-01-01", "FS-CC-002"), Found({"a"})).accepted, IsEmpty());
  const auto by_hash = [](char digit) {
    return One(fmt::format(
        R"("rule":"FS-CC-001","sha256":"{}","reason":"r","owner":"o","expires":"2027-01-01")",
        std::string(64, digit)));
  };
  EXPECT_THAT(Accepted(by_hash('b'), Found({"a"})).accepted, IsEmpty());
  EXPECT_THAT(Accepted(by_hash('a'), Found({"a"})).accepted, SizeIs(1));
}

TEST(ExceptionsTest, ItHoldsToTheEndOfItsLastDayAndThenIsAFinding) {
  EXPECT_THAT(Accepted(For("a", "2026-11-21"), Found({"a"})).findings, IsEmpty());
  const Evaluation late = Accepted(For("a", "2026-11-20"), Found({"a"}));
  EXPECT_THAT(late.accepted, IsEmpty());
  ASSERT_THAT(late.findings, SizeIs(2));
  EXPECT_EQ(late.findings[1].rule, RuleId::kExceptionExpired);
}

TEST(ExceptionsTest, WhatIsWrongIsSaidWithItsNumber) {
  const auto error = [](const std::string& json) {
    const auto parsed = ParseExceptions(json, kToday);
    EXPECT_THAT(parsed, IsError(Code::kInvalidArgument)) << json;
    return parsed ? std::string() : std::string(parsed.error().message());
  };
  EXPECT_THAT(error(For("a", "2028-01-01")), HasSubstr("exception 1: it lasts longer than a year"));
  EXPECT_THAT(error(For("a", "2027-01-01", "FS-ZZ-001")), HasSubstr("no such rule"));
  EXPECT_THAT(error(For("", "2027-01-01")), HasSubstr("a path, a sha256 or both"));
  EXPECT_THAT(error(One(R"("rule":"FS-CC-001","path":"a","owner":"o","expires":"2027-01-01")")),
              HasSubstr("reason"));
  EXPECT_THAT(
      error(One(R"("rule":"FS-CC-001","path":"a","reason":"","owner":"o","expires":"2027-01-01")")),
      HasSubstr("empty"));
  EXPECT_THAT(
      error(One(
          R"("rule":"FS-CC-001","sha256":"AA","reason":"r","owner":"o","expires":"2027-01-01")")),
      HasSubstr("64"));
  for (const char* text : {"", "[]", "{}", R"({"exceptions":{}})", R"({"exceptions":[1]})",
                           R"({"exceptions":[],"more":1})"}) {
    error(text);
  }
  error(For("a", "soon"));
}

}  // namespace
}  // namespace vallum::scan
