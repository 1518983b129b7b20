// SPDX-License-Identifier: Apache-2.0
#include "net/server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "net/test_server.h"

namespace vallum::net::test {
namespace {

using std::chrono::milliseconds;
using Kind = ServerEvent::Kind;

constexpr milliseconds kShort{200};

std::string Get(std::string_view target, std::string_view fields = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

std::string Post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

std::size_t CountOf(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ServerTest, AnswersOverOneKeptConnection) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(client.connected());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client.Send(Post("/echo", "body" + std::to_string(i))));
    const auto answer = client.ReadUntil("body" + std::to_string(i));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_EQ(answer.find("Connection: close"), std::string::npos);
  }
  EXPECT_EQ(server.server().stats().requests, 5u);
  EXPECT_EQ(server.server().stats().accepted, 1u);
}

TEST(ServerTest, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  server.handler().Release();
  RawTls client(server.port());
  std::string all;
  for (int i = 0; i < 200; ++i) all += Get("/n" + std::to_string(i) + "-");
  all += Post("/slow", "slow-one") + Get("/last", "Connection: close\r\n");
  ASSERT_TRUE(client.Send(all));
  const auto answers = client.ReadUntilClosed();
  std::size_t at = 0;
  for (int i = 0; i < 200; ++i) {
    at = answers.find("/n" + std::to_string(i) + "-", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  at = answers.find("slow-one", at);
  ASSERT_NE(at, std::string::npos);
  EXPECT_NE(answers.find("/last", at), std::string::npos);
}

TEST(ServerTest, ClosesWhenTheClientAsksForIt) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(client.Send(Get("/x", "Connection: close\r\n")));
  EXPECT_NE(client.ReadUntilClosed().find("Connection: close\r\n"), std::string::npos);
}

TEST(ServerTest, GivesHeadNoBody) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(client.Send("HEAD /abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  const auto answer = client.ReadUntilClosed();
  EXPECT_NE(answer.find("Content-Length: 4\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(ServerTest, SendsALargeAnswerToASlowReader) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(client.Send(Get("/big", "Connection: close\r\n")));
  std::this_thread::sleep_for(kShort);
  const auto answer = client.ReadUntilClosed();
  EXPECT_EQ(CountOf(answer, "b"), std::size_t{1} << 20);
}

TEST(ServerTest, TakesABodyAtTheLimitAndRefusesMore) {
  TestServer server({.max_body_bytes = 300'000});
  RawTls at_limit(server.port());
  ASSERT_TRUE(at_limit.Send(Post("/echo", std::string(300'000, 'z'))));
  EXPECT_EQ(CountOf(at_limit.ReadUntil(std::string(300'000, 'z')), "z"), 300'000u);
  RawTls over(server.port());
  over.Send(Post("/echo", std::string(300'001, 'x')));
  const auto answer = over.ReadUntilClosed();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST(ServerTest, AsksForABodyThatTheClientHoldsBack) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(
      client.Send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                  "Content-Length: 5\r\n\r\n"));
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.Send("hello"));
  EXPECT_TRUE(client.ReadUntil("hello").starts_with("HTTP/1.1 200 OK"));
}

TEST(ServerTest, RefusesATooLargeBodyInsteadOfAskingForIt) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(
      client.Send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                  "Content-Length: 50000000\r\n\r\n"));
  EXPECT_TRUE(client.ReadUntilClosed().starts_with("HTTP/1.1 413 "));
}

TEST(ServerTest, TakesAChunkedBody) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(
      client.Send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "5\r\nhello\r\n0\r\n\r\n"));
  EXPECT_TRUE(client.ReadUntil("hello").starts_with("HTTP/1.1 200 OK"));
}

TEST(ServerTest, RefusesALargeHeader) {
  TestServer server;
  RawTls client(server.port());
  client.Send(Get("/", "X-Filler: " + std::string(40'000, 'a') + "\r\n"));
  EXPECT_TRUE(client.ReadUntilClosed().starts_with("HTTP/1.1 431 "));
}

TEST(ServerTest, RefusesWhatIsNotHttp) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(client.Send("this is not a request\r\n\r\n"));
  EXPECT_TRUE(client.ReadUntilClosed().starts_with("HTTP/1.1 400 "));
}

TEST(ServerTest, TellsASlowClientThatItsTimeIsUp) {
  TestServer server({.request_timeout = kShort});
  RawTls client(server.port());
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost:"));
  EXPECT_TRUE(client.ReadUntilClosed().starts_with("HTTP/1.1 408 "));
  EXPECT_NE(server.WaitForEvent(Kind::kRequestTimeout), "no such event");
  EXPECT_EQ(server.server().stats().timeouts, 1u);
}

TEST(ServerTest, TimesAClientThatTricklesFromItsFirstByte) {
  TestServer server({.request_timeout = kShort});
  RawTls client(server.port());
  for (int i = 0; i < 1000 && client.Send("GET"); ++i) {
    std::this_thread::sleep_for(milliseconds(5));
    if (server.server().stats().timeouts > 0) break;
  }
  EXPECT_TRUE(client.ReadUntilClosed().starts_with("HTTP/1.1 408 "));
}

TEST(ServerTest, ClosesIdleConnections) {
  TestServer server({.idle_timeout = kShort});
  RawTls never_asks(server.port());
  RawTls asked(server.port());
  ASSERT_TRUE(asked.Send(Get("/hello")));
  EXPECT_NE(asked.ReadUntil("/hello").find("200 OK"), std::string::npos);
  EXPECT_EQ(asked.ReadUntilClosed(), "");
  EXPECT_EQ(never_asks.ReadUntilClosed(), "");
  EXPECT_EQ(server.server().stats().timeouts, 2u);
}

TEST(ServerTest, ClosesIdleClientsWithoutACertificateSooner) {
  TestServer server({.request_timeout = kShort, .idle_timeout = std::chrono::minutes(5)});
  RawTls known(server.port(), &Pki::Get().client);
  ASSERT_TRUE(known.Send(Get("/hello")));
  EXPECT_NE(known.ReadUntil("/hello").find("200 OK"), std::string::npos);
  RawTls anonymous(server.port());
  EXPECT_EQ(anonymous.ReadUntilClosed(), "");
  EXPECT_EQ(server.server().stats().timeouts, 1u);
  ASSERT_TRUE(known.Send(Get("/again")));
  EXPECT_NE(known.ReadUntil("/again").find("200 OK"), std::string::npos);
}

TEST(ServerTest, ClosesAConnectionThatDoesNotShakeHands) {
  TestServer server({.handshake_timeout = kShort});
  const int fd = ConnectSocket(server.port());
  char byte = 0;
  EXPECT_EQ(recv(fd, &byte, 1, 0), 0);
  close(fd);
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("handshake_timeout"),
            std::string::npos);
}

TEST(ServerTest, RefusesSlowRequestsWhenItsQueueIsFull) {
  TestServer server({.pool_threads = 1, .pool_queue = 1});
  RawTls running(server.port());
  ASSERT_TRUE(running.Send(Post("/slow", "first")));
  server.handler().WaitForSlow(1);
  RawTls queued(server.port());
  RawTls refused(server.port());
  ASSERT_TRUE(queued.Send(Post("/slow", "second")));
  while (server.server().stats().requests < 2) std::this_thread::yield();
  std::this_thread::sleep_for(milliseconds(20));
  ASSERT_TRUE(refused.Send(Post("/slow", "third")));
  const auto answer = refused.ReadUntil("try again later");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_NE(answer.find("Retry-After: 1\r\n"), std::string::npos);
  ASSERT_TRUE(refused.Send(Get("/still-served")));
  EXPECT_NE(refused.ReadUntil("/still-served").find("200 OK"), std::string::npos);
  server.handler().Release();
  EXPECT_NE(running.ReadUntil("first").find("200 OK"), std::string::npos);
  EXPECT_NE(queued.ReadUntil("second").find("200 OK"), std::string::npos);
  EXPECT_EQ(server.server().stats().refused_busy, 1u);
}

TEST(ServerTest, AnswersOthersWhileASlowRequestRuns) {
  TestServer server({.io_threads = 1});
  RawTls slow(server.port());
  ASSERT_TRUE(slow.Send(Post("/slow", "x")));
  server.handler().WaitForSlow(1);
  RawTls quick(server.port());
  ASSERT_TRUE(quick.Send(Get("/quick")));
  EXPECT_NE(quick.ReadUntil("/quick").find("200 OK"), std::string::npos);
}

TEST(ServerTest, SurvivesAClientThatLeavesWhileItsRequestRuns) {
  TestServer server;
  {
    RawTls client(server.port());
    ASSERT_TRUE(client.Send(Post("/slow", "x")));
    server.handler().WaitForSlow(1);
    client.Abort();
  }
  server.handler().Release();
  while (server.server().stats().connections > 0) std::this_thread::yield();
  RawTls next(server.port());
  ASSERT_TRUE(next.Send(Get("/next")));
  EXPECT_NE(next.ReadUntil("/next").find("200 OK"), std::string::npos);
}

TEST(ServerTest, SurvivesAClientThatLeavesWhileALargeAnswerIsSent) {
  TestServer server;
  {
    RawTls client(server.port());
    ASSERT_TRUE(client.Send(Get("/big") + Get("/big") + Get("/big")));
    client.ReadUntil("bbbb");
    client.Abort();
  }
  while (server.server().stats().connections > 0) std::this_thread::yield();
}

TEST(ServerTest, AnswersAnInternalErrorWhenAHandlerThrows) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(client.Send(Get("/throw")));
  EXPECT_TRUE(client.ReadUntil("internal error").starts_with("HTTP/1.1 500 "));
  EXPECT_NE(server.WaitForEvent(Kind::kInternal), "no such event");
}

TEST(ServerTest, ClosesConnectionsPastTheLimitAtOnce) {
  TestServer server({.max_connections = 1});
  RawTls first(server.port());
  ASSERT_TRUE(first.connected());
  RawTls second(server.port());
  EXPECT_FALSE(second.connected());
  EXPECT_NE(server.WaitForEvent(Kind::kConnectionLimit).find("max_connections"), std::string::npos);
  EXPECT_EQ(server.server().stats().refused_connections, 1u);
  ASSERT_TRUE(first.Send(Get("/first")));
  EXPECT_NE(first.ReadUntil("/first").find("200 OK"), std::string::npos);
}

TEST(ServerTest, PausesAcceptingWhenDescriptorsRunOut) {
  TestServer server;
  RawTls early(server.port());
  ASSERT_TRUE(early.connected());
  const int waiting = socket(AF_INET, SOCK_STREAM, 0);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(waiting) + 1;
  std::vector<int> fillers;
  setrlimit(RLIMIT_NOFILE, &none);
  for (int fd = dup(waiting); fd >= 0; fd = dup(waiting)) fillers.push_back(fd);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(waiting, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_NE(server.WaitForEvent(Kind::kAcceptPaused).find("open files"), std::string::npos);
  EXPECT_TRUE(early.Send(Get("/early")));
  EXPECT_NE(early.ReadUntil("/early").find("200 OK"), std::string::npos);
  for (const int fd : fillers) close(fd);
  setrlimit(RLIMIT_NOFILE, &before);
  while (server.server().stats().accepted < 2) std::this_thread::yield();
  close(waiting);
}

TEST(ServerTest, SaysWhenThePortIsInUse) {
  TestServer server;
  TestHandler handler;
  for (const unsigned threads : {1u, 2u}) {
    const auto second =
        Server::Start({.port = server.port(), .io_threads = threads}, ServerTls(), handler);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), Code::kUnavailable);
    EXPECT_NE(second.error().message().find("in use"), std::string::npos);
  }
}

TEST(ServerTest, SaysWhenTheAddressIsWrong) {
  TestHandler handler;
  for (const char* address : {"not-an-address", "203.0.113.1"}) {
    const auto server = Server::Start({.address = address, .port = 0}, ServerTls(), handler);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code(), Code::kConfiguration) << server.error().message();
  }
}

TEST(ServerTest, CanUseItsPortAgainAtOnce) {
  TestHandler handler;
  std::uint16_t port = 0;
  for (int i = 0; i < 3; ++i) {
    auto server = Server::Start({.port = port}, ServerTls(), handler);
    ASSERT_TRUE(server) << server.error().message();
    port = (*server)->port();
    RawTls client(port);
    ASSERT_TRUE(client.Send(Get("/x")));
    client.ReadUntil("/x");
  }
}

TEST(ServerTest, FinishesWhatIsInFlightWhenItStops) {
  TestServer server;
  RawTls idle(server.port());
  RawTls client(server.port());
  ASSERT_TRUE(client.Send(Post("/slow", "worth-waiting-for")));
  server.handler().WaitForSlow(1);
  auto stopped =
      std::async(std::launch::async, [&] { server.server().Stop(std::chrono::seconds(20)); });
  EXPECT_EQ(idle.ReadUntilClosed(), "");
  for (int fd = ConnectSocket(server.port()); fd >= 0; fd = ConnectSocket(server.port())) close(fd);
  server.handler().Release();
  const auto answer = client.ReadUntilClosed();
  EXPECT_NE(answer.find("worth-waiting-for"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  stopped.get();
  EXPECT_EQ(server.server().stats().connections, 0u);
}

TEST(ServerTest, ClosesWhatIsStillInFlightAfterTheGrace) {
  TestServer server;
  RawTls client(server.port());
  ASSERT_TRUE(client.Send("GET / HTTP/1.1\r\nHost:"));
  RawTls slow(server.port());
  ASSERT_TRUE(slow.Send(Post("/slow", "x")));
  server.handler().WaitForSlow(1);
  auto stopped = std::async(std::launch::async, [&] { server.server().Stop(kShort); });
  EXPECT_EQ(client.ReadUntilClosed(), "");
  EXPECT_EQ(slow.ReadUntilClosed(), "");
  server.handler().Release();
  stopped.get();
}

}  // namespace
}  // namespace vallum::net::test
