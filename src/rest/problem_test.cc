// SPDX-License-Identifier: Apache-2.0
#include "rest/problem.h"

#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "base/test_matchers.h"

namespace vallum::rest {
namespace {

TEST(ProblemTest, EveryCodeHasAnErrorStatus) {
  for (std::size_t i = 0; i < kCodeNames.size(); ++i) {
    const unsigned status = HttpStatus(static_cast<Code>(i));
    EXPECT_GE(status, 400u) << kCodeNames[i];
    EXPECT_LT(status, 600u) << kCodeNames[i];
    EXPECT_NE(net::ReasonPhrase(status), "Unknown") << status;
  }
}

TEST(ProblemTest, StatusesAreThoseOfTheContract) {
  EXPECT_EQ(HttpStatus(Code::kNotFound), 404u);
  EXPECT_EQ(HttpStatus(Code::kVerifyFailed), 422u);
  EXPECT_EQ(HttpStatus(Code::kResourceExhausted), 413u);
  EXPECT_EQ(HttpStatus(Code::kStorageFull), 507u);
  EXPECT_EQ(HttpStatus(Code::kNotApproved), 403u);
  EXPECT_EQ(HttpStatus(Code::kModuleState), 503u);
}

TEST(ProblemTest, WritesAllMembers) {
  net::Response response;
  WriteProblem(response, NotFound("no key \"a\"; list the keys"), "some-request");
  EXPECT_EQ(response.status, 404u);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(AsText(response.body.span()),
            R"({"type":"about:blank","title":"Not Found","status":404,"code":"not_found",)"
            R"("detail":"no key \"a\"; list the keys","request_id":"some-request"})");
}

TEST(ProblemTest, ReplacesWhatWasWrittenBefore) {
  net::Response response;
  ASSERT_THAT(response.body.Append(AsBytes("half an answer")), IsOk());
  WriteProblem(response, InvalidArgument("no"), "r");
  EXPECT_EQ(AsText(response.body.span()).find("half"), std::string_view::npos);
}

TEST(ProblemTest, KeepsTheServersInsideBack) {
  const Error error(Code::kStorage, "writing /secret/place/vallum.db: input/output error");
  EXPECT_TRUE(IsServerFault(error.code()));
  EXPECT_EQ(PublicDetail(error).find("/secret/place"), std::string_view::npos);
}

TEST(ProblemTest, TellsWhatTheClientDidWrong) {
  EXPECT_EQ(PublicDetail(InvalidArgument("member \"x\" is missing")), "member \"x\" is missing");
}

TEST(ProblemTest, UnavailableSaysWhenToComeBack) {
  net::Response response;
  WriteProblem(response, Error(Code::kUnavailable, "busy"), "r");
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].first, "Retry-After");
}

}  // namespace
}  // namespace vallum::rest
