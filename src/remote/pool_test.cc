// SPDX-License-Identifier: Apache-2.0
#include "remote/pool.h"

#include <thread>

#include "base/test_matchers.h"
#include "net/test_server.h"

namespace vallum::remote {
namespace {

using net::test::ClientTls;
using net::test::Pki;
using net::test::TestServer;
using std::chrono::hours;
using std::chrono::milliseconds;

Endpoint At(std::uint16_t port) { return {"127.0.0.1", port}; }

// A port where nobody listens.
std::uint16_t FreePort() { return TestServer().port(); }

std::unique_ptr<Pool> Make(PoolOptions options) {
  return *Pool::Create(std::move(options), ClientTls(&Pki::Get().client));
}

Call Echo(Repeat repeat = Repeat::kYes) {
  return {.method = "POST", .target = "/echo", .body = AsBytes("hello"), .repeat = repeat};
}

TEST(PoolTest, CallsFollowEachOtherOnOneConnection) {
  TestServer server;
  const auto pool = Make({.servers = {At(server.port())}});
  for (int i = 0; i < 3; ++i) {
    const auto reply = pool->Send(Echo(Repeat::kNo));
    ASSERT_THAT(reply, IsOk());
    EXPECT_EQ(reply->text(), "hello");
  }
  EXPECT_EQ(server.server().stats().accepted, 1u);
}

TEST(PoolTest, CallsSideBySideAreAllAnswered) {
  TestServer server;
  const auto pool = Make({.servers = {At(server.port())}});
  std::vector<std::thread> threads;
  threads.reserve(8);
  std::atomic<int> answered{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 20; ++call) answered += pool->Send(Echo()) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered.load(), 160);
}

TEST(PoolTest, AnotherServerIsAskedWhenOneIsGone) {
  TestServer second;
  const auto pool = Make({.servers = {At(FreePort()), At(second.port())}});
  EXPECT_THAT(pool->Send(Echo(Repeat::kNo)), IsOk());
  EXPECT_THAT(pool->Send(Echo(Repeat::kNo)), IsOk());
  EXPECT_EQ(second.server().stats().accepted, 1u);
}

TEST(PoolTest, WhatMayRepeatGoesToAnotherServerWhenOneHangs) {
  TestServer hanging;
  TestServer second;
  second.handler().Release();
  const auto pool =
      Make({.servers = {At(hanging.port()), At(second.port())}, .short_wait = milliseconds(50)});
  EXPECT_THAT(pool->Send({.method = "POST", .target = "/slow", .repeat = Repeat::kYes}), IsOk());
  hanging.handler().Release();
}

TEST(PoolTest, WhatMayNotRepeatIsSentOnce) {
  TestServer hanging;
  TestServer second;
  second.handler().Release();
  const auto pool =
      Make({.servers = {At(hanging.port()), At(second.port())}, .short_wait = milliseconds(50)});
  EXPECT_THAT(pool->Send({.method = "POST", .target = "/slow", .repeat = Repeat::kNo}),
              IsError(Code::kTimeout));
  EXPECT_EQ(second.server().stats().accepted, 0u);
  hanging.handler().Release();
}

TEST(PoolTest, CallsWaitForAServerThatRestarts) {
  auto server = std::make_unique<TestServer>();
  const std::uint16_t port = server->port();
  const auto pool = Make({.servers = {At(port)}, .patience = hours(1)});
  ASSERT_THAT(pool->Send(Echo()), IsOk());
  server.reset();
  std::thread restart([&] {
    std::this_thread::sleep_for(milliseconds(100));
    server = std::make_unique<TestServer>(net::ServerOptions{.port = port});
  });
  EXPECT_THAT(pool->Send(Echo()), IsOk());
  restart.join();
}

TEST(PoolTest, AfterNobodyAnsweredNothingIsTriedForAWhile) {
  const std::uint16_t port = FreePort();
  const auto pool = Make({.servers = {At(port)}, .patience = milliseconds(0), .rest = hours(1)});
  EXPECT_THAT(pool->Send(Echo()), IsError(Code::kNetwork, testing::HasSubstr("connecting")));
  TestServer back(net::ServerOptions{.port = port});
  EXPECT_THAT(pool->Send(Echo()), IsError(Code::kNetwork, testing::HasSubstr("a moment ago")));
  EXPECT_EQ(back.server().stats().accepted, 0u);
}

TEST(PoolTest, TheFirstCallAfterTheRestFindsAServerThatIsBack) {
  const std::uint16_t port = FreePort();
  const auto pool =
      Make({.servers = {At(port)}, .patience = milliseconds(0), .rest = milliseconds(0)});
  EXPECT_THAT(pool->Send(Echo()), IsError(Code::kNetwork));
  TestServer back(net::ServerOptions{.port = port});
  EXPECT_THAT(pool->Send(Echo()), IsOk());
}

TEST(PoolTest, AServerThatIsNotTrustedIsNotWaitedFor) {
  TestServer server;
  const net::test::Authority other("other authority");
  const auto tls = net::TlsContext::Client({.library = net::test::FipsLibrary(),
                                            .gate = net::test::OpenGate(),
                                            .server_ca_pem = other.certificate_pem()});
  const auto pool = Pool::Create({.servers = {At(server.port())}, .patience = hours(1)}, *tls);
  EXPECT_THAT((*pool)->Send(Echo()), IsError(Code::kTls));
}

TEST(PoolTest, NeedsAServer) {
  EXPECT_THAT(Pool::Create({}, ClientTls(nullptr)), IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::remote
