// SPDX-License-Identifier: Apache-2.0
#include "remote/reply.h"

#include <gtest/gtest.h>

#include "base/test_matchers.h"

namespace vallum::remote {
namespace {

using testing::HasSubstr;

TEST(PathSegmentTest, OnlyUnreservedCharactersStay) {
  EXPECT_EQ(PathSegment("orders-2026.v1_x~"), "orders-2026.v1_x~");
  EXPECT_EQ(PathSegment("a/b ?#%\n"), "a%2Fb%20%3F%23%25%0A");
}

TEST(ItemFailureTest, SaysWhyAnItemFailedAndNothingOtherwise) {
  const auto failure = [](std::string_view text) {
    const auto document = JsonDocument::Parse(text);
    ObjectReader item(document->root());
    return ItemFailure(item);
  };
  EXPECT_FALSE(failure(R"({"id":"x"})"));
  const auto taken = failure(R"({"error":{"code":"already_exists","detail":"taken"}})");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->code(), Code::kAlreadyExists);
  EXPECT_EQ(taken->message(), "taken");
  for (const char* broken : {R"({"error":7})", R"({"error":{}})", R"({"error":{"code":1}})"}) {
    const auto said = failure(broken);
    ASSERT_TRUE(said) << broken;
    EXPECT_EQ(said->code(), Code::kInternal) << broken;
  }
}

TEST(ProblemErrorTest, CodeAndDetailComeFromTheProblem) {
  const Error error = ProblemError(
      404,
      R"({"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"no key x"})");
  EXPECT_EQ(error.code(), Code::kNotFound);
  EXPECT_EQ(error.message(), "no key x");
}

TEST(ProblemErrorTest, TheServersInnerFailuresAreNotThisMachines) {
  const Error error = ProblemError(
      507,
      R"({"status":507,"code":"storage_full","detail":"the disk is full","request_id":"r-1"})");
  EXPECT_EQ(error.code(), Code::kUnavailable);
  EXPECT_THAT(error.message(), HasSubstr("storage_full"));
  EXPECT_THAT(error.message(), HasSubstr("r-1"));
}

TEST(ProblemErrorTest, SomethingElseThanAProblemIsSaidAsSuch) {
  for (const char* body :
       {"", "<html>", "{}", R"({"code":"not_found"})", R"({"code":7,"detail":"x"})"}) {
    const Error error = ProblemError(502, body);
    EXPECT_EQ(error.code(), Code::kUnavailable) << body;
    EXPECT_THAT(error.message(), HasSubstr("HTTP 502")) << body;
  }
}

TEST(ProblemErrorTest, AnUnknownCodeIsInternal) {
  EXPECT_EQ(ProblemError(400, R"({"code":"new_code","detail":"x"})").code(), Code::kInternal);
}

TEST(ReplyTest, TextThatIsNoJsonIsANetworkError) {
  net::ClientResponse response;
  ASSERT_THAT(response.body.Append(AsBytes("<html>")), IsOk());
  EXPECT_THAT(Reply(std::move(response)).Json(), IsError(Code::kNetwork));
}

TEST(ReplyTest, MembersCanBeReadMoreThanOnce) {
  net::ClientResponse response;
  ASSERT_THAT(response.body.Append(AsBytes(R"({"a":1})")), IsOk());
  Reply reply(std::move(response));
  for (int i = 0; i < 2; ++i) {
    auto root = reply.Json();
    ASSERT_THAT(root, IsOk());
    EXPECT_THAT(ObjectReader(*root).Integer("a"), IsOkAnd(1));
  }
}

}  // namespace
}  // namespace vallum::remote
