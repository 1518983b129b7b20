// SPDX-License-Identifier: Apache-2.0
#include "net/http_writer.h"

#include <gtest/gtest.h>

namespace vallum::net {
namespace {

constexpr ResponseFraming kFraming{.date = "Sun, 06 Nov 1994 08:49:37 GMT"};

Response MakeResponse(unsigned status, std::string_view body) {
  Response response{.status = status};
  EXPECT_TRUE(response.body.Append(AsBytes(body)));
  return response;
}

std::string Written(const Response& response, const ResponseFraming& framing) {
  SecretBuffer out;
  EXPECT_TRUE(WriteResponse(response, framing, out));
  return std::string(AsText(out.span()));
}

TEST(HttpWriterTest, WritesAResponse) {
  auto response = MakeResponse(200, "{}");
  response.headers.emplace_back("X-Id", "7");
  EXPECT_EQ(Written(response, kFraming),
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\nX-Id: 7\r\n\r\n{}");
}

TEST(HttpWriterTest, KeepsTheLengthButNotTheBodyForHead) {
  auto framing = kFraming;
  framing.head = true;
  const auto text = Written(MakeResponse(200, "{}"), framing);
  EXPECT_NE(text.find("Content-Length: 2\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n"));
}

TEST(HttpWriterTest, GivesNoLengthToNoContent) {
  EXPECT_EQ(Written(MakeResponse(204, ""), kFraming).find("Content-Length"), std::string::npos);
}

TEST(HttpWriterTest, SaysThatItCloses) {
  auto framing = kFraming;
  framing.keep_alive = false;
  EXPECT_NE(Written(MakeResponse(200, ""), framing).find("\r\nConnection: close\r\n"),
            std::string::npos);
}

TEST(HttpWriterTest, TellsABusyClientWhenToRetry) {
  EXPECT_NE(Written(MakeResponse(503, ""), kFraming).find("\r\nRetry-After: 1\r\n"),
            std::string::npos);
  auto response = MakeResponse(503, "");
  response.headers.emplace_back("Retry-After", "9");
  const auto text = Written(response, kFraming);
  EXPECT_EQ(text.find("Retry-After: 1"), std::string::npos);
  EXPECT_NE(text.find("Retry-After: 9"), std::string::npos);
}

TEST(HttpWriterTest, LeavesOutAHeaderThatWouldSplitTheResponse) {
  auto response = MakeResponse(200, "");
  response.headers.emplace_back("X-Evil", "a\r\nSet-Cookie: b");
  EXPECT_EQ(Written(response, kFraming).find("Evil"), std::string::npos);
}

TEST(HttpWriterTest, WritesARequest) {
  SecretBuffer out;
  ASSERT_TRUE(WriteRequest("POST", "/v1/x", "host:1", AsBytes("{}"), out));
  EXPECT_EQ(AsText(out.span()),
            "POST /v1/x HTTP/1.1\r\nHost: host:1\r\nAccept: */*\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(HttpWriterTest, GivesAnEmptyPostItsLengthAndAGetNone) {
  SecretBuffer post;
  ASSERT_TRUE(WriteRequest("POST", "/", "h", {}, post));
  EXPECT_NE(AsText(post.span()).find("Content-Length: 0"), std::string_view::npos);
  SecretBuffer get;
  ASSERT_TRUE(WriteRequest("GET", "/", "h", {}, get));
  EXPECT_EQ(AsText(get.span()).find("Content-Length"), std::string_view::npos);
}

TEST(HttpWriterTest, FormatsDatesAsRfc9110Does) {
  EXPECT_EQ(HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(HttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace vallum::net
