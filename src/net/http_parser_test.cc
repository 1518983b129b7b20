// SPDX-License-Identifier: Apache-2.0
#include "net/http_parser.h"

#include <gtest/gtest.h>

namespace vallum::net {
namespace {

constexpr ParserLimits kLimits{.max_header_bytes = 1024, .max_body_bytes = 100};

struct Outcome {
  std::unique_ptr<RequestParser> parser = RequestParser::Create(nullptr, kLimits);
  ParseProgress progress;
};

// Feeds `text` in pieces, keeping what the parser could not use, as a connection does.
Outcome Feed(std::string_view text, std::size_t piece) {
  Outcome outcome;
  std::string pending;
  while (!text.empty()) {
    pending += text.substr(0, piece);
    text.remove_prefix(std::min(piece, text.size()));
    outcome.progress = outcome.parser->Parse(AsBytes(pending));
    pending.erase(0, outcome.progress.used);
    if (outcome.progress.done || outcome.progress.refusal != 0) break;
  }
  return outcome;
}

unsigned RefusalOf(std::string_view text) { return Feed(text, text.size()).progress.refusal; }

std::string Post(std::string_view rest) {
  return "POST /v1 HTTP/1.1\r\nHost: x\r\n" + std::string(rest);
}

TEST(RequestParserTest, ReadsARequestWithABody) {
  auto [parser, progress] = Feed(Post("X-Thing: One\r\nContent-Length: 5\r\n\r\nhello"), 1000);
  ASSERT_TRUE(progress.done) << progress.reason;
  const Request& request = parser->request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1");
  EXPECT_EQ(request.Header("x-thing"), "One");
  EXPECT_EQ(request.Header("absent"), "");
  EXPECT_EQ(AsText(request.body.span()), "hello");
  EXPECT_TRUE(parser->keep_alive());
}

TEST(RequestParserTest, ReadsTheSameRequestByteByByte) {
  auto [parser, progress] = Feed(Post("X-Thing: One\r\nContent-Length: 5\r\n\r\nhello"), 1);
  ASSERT_TRUE(progress.done) << progress.reason;
  EXPECT_EQ(parser->request().Header("x-thing"), "One");
  EXPECT_EQ(AsText(parser->request().body.span()), "hello");
}

TEST(RequestParserTest, LeavesAPipelinedRequestUnused) {
  const std::string first = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  auto [parser, progress] = Feed(first + "GET /b HTTP/1.1\r\n", 1000);
  ASSERT_TRUE(progress.done);
  EXPECT_EQ(progress.used, first.size());
}

TEST(RequestParserTest, ReadsAChunkedBodyAndDropsTrailers) {
  for (const std::size_t piece : {1u, 1000u}) {
    auto [parser, progress] = Feed(
        Post("Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\nX-Late: 1\r\n\r\n"),
        piece);
    ASSERT_TRUE(progress.done) << progress.reason;
    EXPECT_EQ(AsText(parser->request().body.span()), "hello");
    EXPECT_EQ(parser->request().Header("x-late"), "");
  }
}

TEST(RequestParserTest, ReducesAnAbsoluteTargetToItsOrigin) {
  for (const auto& [sent, kept] :
       {std::pair("https://host:1/a?b", "/a?b"), std::pair("https://host", "/"),
        std::pair("https://host?q", "/?q"), std::pair("/a?u=http://b", "/a?u=http://b")}) {
    auto [parser, progress] =
        Feed("GET " + std::string(sent) + " HTTP/1.1\r\nHost: x\r\n\r\n", 999);
    ASSERT_TRUE(progress.done) << sent;
    EXPECT_EQ(parser->request().target, kept);
  }
}

TEST(RequestParserTest, KnowsWhoWantsToKeepTheConnection) {
  EXPECT_FALSE(Feed("GET / HTTP/1.0\r\n\r\n", 999).parser->keep_alive());
  EXPECT_FALSE(
      Feed("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 999).parser->keep_alive());
  EXPECT_TRUE(Feed("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 999).parser->keep_alive());
}

TEST(RequestParserTest, SaysWhenTheClientWaitsForContinue) {
  auto outcome = Feed(Post("Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"), 999);
  EXPECT_TRUE(outcome.parser->WantsContinue());
  EXPECT_TRUE(outcome.parser->Parse(AsBytes("hello")).done);
  EXPECT_FALSE(outcome.parser->WantsContinue());
}

TEST(RequestParserTest, RefusesWhatIsNotHttp) {
  EXPECT_EQ(RefusalOf("hello\r\n\r\n"), 400u);
  EXPECT_EQ(RefusalOf("GET / HTTP/2.0\r\n\r\n"), 400u);
  EXPECT_EQ(RefusalOf("GET x HTTP/1.1\r\nHost: x\r\n\r\n"), 400u);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\nHost : x\r\n\r\n"), 400u);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\nHost: x\n\n"), 400u);
  EXPECT_EQ(RefusalOf(std::string_view("\x16\x03\x01\x00\x05 abc", 9)), 400u);
}

TEST(RequestParserTest, RefusesMoreOrLessThanOneHost) {
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\nA: b\r\n\r\n"), 400u);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"), 400u);
  EXPECT_EQ(RefusalOf("GET / HTTP/1.0\r\n\r\n"), 0u);
}

// RFC 9112, 11.2: what two parsers could frame differently is never guessed at.
TEST(RequestParserTest, RefusesAmbiguousFraming) {
  EXPECT_EQ(RefusalOf(Post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")), 400u);
  EXPECT_EQ(RefusalOf(Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n")), 400u);
  EXPECT_EQ(RefusalOf(Post("Transfer-Encoding: gzip\r\n\r\n")), 400u);
  EXPECT_EQ(RefusalOf(Post("Transfer-Encoding: gzip, chunked\r\n\r\n")), 400u);
  EXPECT_EQ(RefusalOf(Post("Transfer-Encoding: chunked, identity\r\n\r\n")), 400u);
  EXPECT_EQ(RefusalOf(Post("Content-Length: 5\r\nContent-Length: 6\r\n\r\n")), 400u);
  EXPECT_EQ(RefusalOf(Post("Content-Length: +5\r\n\r\n")), 400u);
  EXPECT_EQ(RefusalOf(Post("Content-Length: -1\r\n\r\n")), 400u);
  EXPECT_EQ(RefusalOf(Post("Transfer-Encoding: chunked\r\n\r\nxyz\r\n")), 400u);
}

TEST(RequestParserTest, TakesABodyOfExactlyTheLimitAndRefusesOneByteMore) {
  EXPECT_TRUE(Feed(Post("Content-Length: 100\r\n\r\n") + std::string(100, 'a'), 999).progress.done);
  EXPECT_EQ(RefusalOf(Post("Content-Length: 101\r\n\r\n")), 413u);
  EXPECT_EQ(RefusalOf(Post("Content-Length: 18446744073709551615\r\n\r\n")), 413u);
  EXPECT_EQ(RefusalOf(Post("Transfer-Encoding: chunked\r\n\r\n65\r\n")), 413u);
  EXPECT_EQ(RefusalOf(Post("Transfer-Encoding: chunked\r\n\r\n40\r\n" + std::string(64, 'a') +
                           "\r\n40\r\n")),
            413u);
}

TEST(RequestParserTest, RefusesALargeHeaderHoweverItArrives) {
  const std::string one_field = Post("X: " + std::string(2000, 'a') + "\r\n\r\n");
  std::string many_fields = Post("");
  for (int i = 0; i < 40; ++i) many_fields += "X-Filler: 0123456789012345678901234567890\r\n";
  for (const auto& text : {one_field, many_fields, "GET /" + std::string(2000, 'a')}) {
    EXPECT_EQ(Feed(text, 1).progress.refusal, 431u);
    EXPECT_EQ(Feed(text, 700).progress.refusal, 431u);
  }
}

TEST(RequestParserTest, RefusesTooManyFields) {
  std::string text = Post("");
  for (std::size_t i = 1; i < kMaxHeaderFields; ++i) text += "a:\r\n";
  EXPECT_TRUE(Feed(text + "\r\n", 2000).progress.done);
  EXPECT_EQ(RefusalOf(text + "a:\r\n\r\n"), 431u);
}

TEST(RequestParserTest, BoundsChunkExtensionsAndTrailers) {
  const std::string filler(3000, 'a');
  EXPECT_EQ(Feed(Post("Transfer-Encoding: chunked\r\n\r\n1;" + filler), 1).progress.refusal, 431u);
  EXPECT_EQ(Feed(Post("Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + filler), 1).progress.refusal,
            431u);
}

TEST(ResponseParserTest, SkipsInterimResponses) {
  for (const std::size_t piece : {1u, 1000u}) {
    const auto parser = ResponseParser::Create(false, kLimits);
    const std::string text =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\nA: b\r\n\r\nok";
    std::string pending;
    ParseProgress progress;
    for (std::size_t at = 0; at < text.size() && !progress.done; at += piece) {
      pending += text.substr(at, piece);
      progress = parser->Parse(AsBytes(pending));
      pending.erase(0, progress.used);
    }
    ASSERT_TRUE(progress.done) << progress.reason;
    EXPECT_EQ(parser->response().status, 201u);
    EXPECT_EQ(parser->response().Header("a"), "b");
    EXPECT_EQ(AsText(parser->response().body.span()), "ok");
  }
}

TEST(ResponseParserTest, ExpectsNoBodyAfterHead) {
  const auto parser = ResponseParser::Create(true, kLimits);
  EXPECT_TRUE(parser->Parse(AsBytes("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n")).done);
}

TEST(ResponseParserTest, RefusesABodyWithoutAnEnd) {
  const auto parser = ResponseParser::Create(false, kLimits);
  EXPECT_EQ(parser->Parse(AsBytes("HTTP/1.1 200 OK\r\n\r\nabc")).refusal, 400u);
}

TEST(ResponseParserTest, RefusesABodyOverTheLimit) {
  const auto parser = ResponseParser::Create(false, kLimits);
  EXPECT_EQ(parser->Parse(AsBytes("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n")).refusal, 413u);
}

}  // namespace
}  // namespace vallum::net
