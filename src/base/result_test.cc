// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <memory>
#include <set>

#include "base/test_matchers.h"

namespace vallum {
namespace {

using testing::Eq;
using testing::HasSubstr;

Result<int> Positive(int value) {
  if (value <= 0) return InvalidArgument("give a positive number");
  return value;
}

Result<int> Sum(int a, int b) { return TRY(Positive(a)) + TRY(Positive(TRY(Positive(b)))); }

Status Check(int value) {
  TRY(Positive(value));
  return {};
}

Result<std::unique_ptr<int>> Passed(Result<std::unique_ptr<int>> result) {
  auto value = TRY(std::move(result));
  return value;
}

TEST(ResultTest, TryGivesTheValue) { EXPECT_THAT(Sum(1, 2), IsOkAnd(Eq(3))); }

TEST(ResultTest, TryOfAStatusGoesOn) { EXPECT_THAT(Check(1), IsOk()); }

TEST(ResultTest, TryMovesValuesThatCannotBeCopied) {
  const auto result = Passed(std::make_unique<int>(7));
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(**result, 7);
}

TEST(ResultTest, TryReturnsTheFirstError) {
  EXPECT_THAT(Sum(1, 0), IsError(Code::kInvalidArgument, Eq("give a positive number")));
  EXPECT_THAT(Check(-1), IsError(Code::kInvalidArgument));
}

TEST(ResultTest, ErrorKnowsWhereItWasMade) {
  EXPECT_THAT(Positive(0).error().where().file_name(), HasSubstr("result_test.cc"));
}

TEST(ResultTest, ContextComesFirstAndKeepsCodeAndPlace) {
  const Error error = NotFound("no such key").WithContext("opening the store");
  EXPECT_EQ(error.ToString(), "not_found: opening the store: no such key");
  EXPECT_THAT(error.where().file_name(), HasSubstr("result_test.cc"));
}

TEST(ResultTest, CodeNamesAreDistinct) {
  const std::set<std::string_view> names(kCodeNames.begin(), kCodeNames.end());
  EXPECT_EQ(names.size(), kCodeNames.size());
  EXPECT_EQ(CodeName(Code::kStorageFull), "storage_full");
  EXPECT_EQ(CodeName(Code::kInternal), "internal");
}

}  // namespace
}  // namespace vallum
