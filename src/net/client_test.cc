// SPDX-License-Identifier: Apache-2.0
#include "net/client.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "net/test_server.h"
#include "net/tls_stream.h"

namespace vallum::net::test {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<Client> Connect(Client::Options options) {
  return *Client::Create(std::move(options), ClientTls(&Pki::Get().client));
}

TEST(ClientTest, ExchangesOverOneKeptConnection) {
  TestServer server;
  const auto client = NewClient(server.port(), &Pki::Get().client);
  for (int i = 0; i < 3; ++i) {
    const auto response = client->Send("POST", "/echo", AsBytes("hello"));
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->status, 200u);
    EXPECT_EQ(AsText(response->body.span()), "hello");
    EXPECT_EQ(response->Header("content-type"), "text/plain");
  }
  EXPECT_EQ(server.server().stats().accepted, 1u);
}

// One exchange; says whether its connection resumed a session.
bool Resumes(const TlsContext& context, std::uint16_t port, const std::string& host) {
  const int fd = ConnectSocket(port);
  TlsStream stream = *TlsStream::Connect(context, fd, host);
  EXPECT_EQ(stream.Handshake(), Io::kDone);
  EXPECT_EQ(stream.Write(AsBytes("GET /x HTTP/1.1\r\nHost: x\r\n\r\n")).io, Io::kDone);
  Bytes answer(4096);
  EXPECT_EQ(stream.Read(answer).io, Io::kDone);
  const bool resumed = stream.resumed();
  stream.Close();
  close(fd);
  return resumed;
}

TEST(ClientTest, ResumesItsSessionsWithTheSameHost) {
  TestServer server;
  const auto context = ClientTls(&Pki::Get().client);
  EXPECT_FALSE(Resumes(*context, server.port(), "127.0.0.1"));
  EXPECT_TRUE(Resumes(*context, server.port(), "127.0.0.1"));
  EXPECT_TRUE(Resumes(*context, server.port(), "127.0.0.1"));
  EXPECT_FALSE(Resumes(*context, server.port(), "localhost"));
  EXPECT_TRUE(Resumes(*context, server.port(), "localhost"));
  EXPECT_FALSE(Resumes(*ClientTls(&Pki::Get().client), server.port(), "127.0.0.1"));
}

TEST(ClientTest, ASessionThatTheServerForgotIsAWholeHandshake) {
  const auto context = ClientTls(&Pki::Get().client);
  std::uint16_t port = 0;
  {
    TestServer server;
    port = server.port();
    EXPECT_FALSE(Resumes(*context, port, "127.0.0.1"));
  }
  TestServer restarted(ServerOptions{.port = port});
  EXPECT_FALSE(Resumes(*context, port, "127.0.0.1"));
  EXPECT_TRUE(Resumes(*context, port, "127.0.0.1"));
}

TEST(ClientTest, SendsAndReceivesMegabytes) {
  TestServer server;
  const auto client = NewClient(server.port(), nullptr);
  const std::string body(1 << 20, 'm');
  const auto response = client->Send("POST", "/echo", AsBytes(body));
  ASSERT_TRUE(response) << response.error().message();
  EXPECT_EQ(AsText(response->body.span()), body);
}

TEST(ClientTest, SeesWhyALargeBodyWasRefused) {
  TestServer server;
  const auto client = NewClient(server.port(), nullptr);
  const auto response = client->Send("POST", "/echo", AsBytes(std::string(8 << 20, 'm')));
  ASSERT_TRUE(response) << response.error().message();
  EXPECT_EQ(response->status, 413u);
  EXPECT_TRUE(client->Send("GET", "/again", {}));
}

TEST(ClientTest, ExpectsNoBodyFromHead) {
  TestServer server;
  const auto client = NewClient(server.port(), nullptr);
  EXPECT_TRUE(client->Send("HEAD", "/x", {}));
  EXPECT_TRUE(client->Send("GET", "/y", {}));
  EXPECT_EQ(server.server().stats().accepted, 1u);
}

TEST(ClientTest, ConnectsAgainAfterTheServerClosedAnIdleConnection) {
  TestServer server({.idle_timeout = milliseconds(100)});
  const auto client = NewClient(server.port(), nullptr);
  ASSERT_TRUE(client->Send("GET", "/a", {}));
  while (server.server().stats().connections > 0) std::this_thread::yield();
  const auto again = client->Send("POST", "/echo", AsBytes("b"));
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(server.server().stats().accepted, 2u);
}

// A server that ends each connection without an answer to its second request.
class FicklePeer {
 public:
  FicklePeer() : context_(ServerTls()) {
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    listen(fd_, 5);
    thread_ = std::thread([this] { Run(); });
  }
  ~FicklePeer() {
    shutdown(fd_, SHUT_RDWR);
    thread_.join();
    close(fd_);
  }
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void Run() {
    for (int fd = accept(fd_, nullptr, nullptr); fd >= 0; fd = accept(fd_, nullptr, nullptr)) {
      ++connections_;
      SSL* ssl = SSL_new(context_->native());
      Attach(ssl, fd);
      char buffer[4096];
      constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
      if (SSL_accept(ssl) == 1 && SSL_read(ssl, buffer, sizeof buffer) > 0 &&
          SSL_write(ssl, kAnswer.data(), kAnswer.size()) > 0) {
        SSL_read(ssl, buffer, sizeof buffer);
      }
      close(fd);
      SSL_free(ssl);
    }
  }

  std::shared_ptr<const TlsContext> context_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

TEST(ClientTest, RepeatsAnIdempotentRequestOnceOverANewConnection) {
  FicklePeer peer;
  const auto client = Connect({.host = "127.0.0.1", .port = peer.port()});
  ASSERT_TRUE(client->Send("GET", "/", {}));
  EXPECT_TRUE(client->Send("GET", "/", {}));
  EXPECT_EQ(peer.connections(), 2);
}

TEST(ClientTest, NeverRepeatsARequestThatMayHaveHadItsEffect) {
  FicklePeer peer;
  const auto client = Connect({.host = "127.0.0.1", .port = peer.port()});
  ASSERT_TRUE(client->Send("POST", "/", {}));
  const auto second = client->Send("POST", "/", {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kNetwork);
  EXPECT_EQ(peer.connections(), 1);
}

TEST(ClientTest, SaysThatNobodyListens) {
  std::uint16_t port = 0;
  {
    TestServer server;
    port = server.port();
  }
  const auto response = Connect({.host = "127.0.0.1", .port = port})->Send("GET", "/", {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::kNetwork);
  EXPECT_NE(response.error().message().find("check that the server is running"), std::string::npos);
}

TEST(ClientTest, SaysThatANameIsUnknown) {
  const auto response = Connect({.host = "no-such-host.invalid"})->Send("GET", "/", {});
  ASSERT_FALSE(response);
  EXPECT_NE(response.error().message().find("no-such-host.invalid"), std::string::npos);
}

TEST(ClientTest, GivesUpOnAServerThatDoesNotAnswer) {
  TestServer server;
  const auto client =
      Connect({.host = "localhost", .port = server.port(), .request_timeout = milliseconds(200)});
  const auto response = client->Send("POST", "/slow", AsBytes("x"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), Code::kTimeout);
}

TEST(ClientTest, GivesUpOnAServerThatDoesNotShakeHands) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  listen(listener, 1);
  const auto client = Connect(
      {.host = "127.0.0.1", .port = ntohs(address.sin_port), .connect_timeout = milliseconds(200)});
  EXPECT_EQ(client->Send("GET", "/", {}).error().code(), Code::kTimeout);
  close(listener);
}

std::string RefusalOf(const Identity& server_identity, const std::string& host) {
  TestHandler handler;
  const auto context =
      TlsContext::Server({.library = FipsLibrary(),
                          .gate = OpenGate(),
                          .certificate_pem = server_identity.certificate_pem,
                          .key = server_identity.key.get(),
                          .client_ca_pem = Pki::Get().authority.certificate_pem()});
  const auto server = Server::Start({.port = 0}, *context, handler);
  const auto response = Connect({.host = host, .port = (*server)->port()})->Send("GET", "/", {});
  if (response) return "";
  EXPECT_EQ(response.error().code(), Code::kTls);
  return response.error().message();
}

TEST(ClientTest, ChecksTheServersName) {
  const auto& authority = Pki::Get().authority;
  const Identity other =
      authority.Make({.server = true, .alternative_names = "DNS:other.example,IP:192.0.2.1"});
  EXPECT_NE(RefusalOf(other, "localhost").find("hostname mismatch"), std::string::npos);
  EXPECT_NE(RefusalOf(other, "127.0.0.1").find("IP address mismatch"), std::string::npos);
  EXPECT_EQ(RefusalOf(Pki::Get().server, "localhost"), "");
  EXPECT_EQ(RefusalOf(Pki::Get().server, "127.0.0.1"), "");
}

TEST(ClientTest, ChecksTheServersIssuerAndDates) {
  const Identity foreign = Authority("somebody else").Make({.server = true});
  EXPECT_NE(RefusalOf(foreign, "localhost").find("certificate was refused"), std::string::npos);
  const Identity expired = Pki::Get().authority.Make({.server = true,
                                                      .not_before = std::chrono::seconds(-7200),
                                                      .not_after = std::chrono::seconds(-60)});
  EXPECT_NE(RefusalOf(expired, "localhost").find("expired"), std::string::npos);
}

TEST(ClientTest, RefusesATargetThatWouldSplitTheRequest) {
  TestServer server;
  const auto client = NewClient(server.port(), nullptr);
  EXPECT_EQ(client->Send("GET", "/a b", {}).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(client->Send("GET", "/\r\nX: y", {}).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(client->Send("", "/", {}).error().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace vallum::net::test
