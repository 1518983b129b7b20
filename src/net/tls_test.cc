// SPDX-License-Identifier: Apache-2.0
#include "net/tls.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "net/test_server.h"
#include "net/tls_stream.h"

namespace vallum::net::test {
namespace {

using Kind = ServerEvent::Kind;

std::string PeerSeenBy(TestServer& server, const Identity* identity) {
  auto client = NewClient(server.port(), identity);
  const auto response = client->Send("GET", "/peer", {});
  if (!response) return response.error().message();
  return std::string(AsText(response->body.span()));
}

TEST(TlsTest, GivesTheFingerprintOfAClientCertificate) {
  TestServer server;
  EXPECT_EQ(PeerSeenBy(server, &Pki::Get().client), ToHex(FingerprintOf(Pki::Get().client)));
}

TEST(TlsTest, LetsAClientWithoutCertificateThroughAsAnonymous) {
  TestServer server;
  EXPECT_EQ(PeerSeenBy(server, nullptr), "");
}

TEST(TlsTest, RefusesAClientCertificateOfAForeignAuthority) {
  TestServer server;
  const Authority foreign("test authority");
  const Identity identity = foreign.Make({.common_name = "intruder"});
  EXPECT_NE(PeerSeenBy(server, &identity).find("another authority of the same name"),
            std::string::npos);
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("certificate was refused"),
            std::string::npos);
}

TEST(TlsTest, RefusesAClientCertificateOfAnUnknownAuthority) {
  TestServer server;
  const Identity identity = Authority("somebody else").Make({.common_name = "intruder"});
  EXPECT_NE(PeerSeenBy(server, &identity).find("does not know the authority"), std::string::npos);
}

TEST(TlsTest, RefusesAnExpiredClientCertificate) {
  TestServer server;
  const Identity expired = Pki::Get().authority.Make(
      {.not_before = std::chrono::seconds(-7200), .not_after = std::chrono::seconds(-3600)});
  EXPECT_NE(PeerSeenBy(server, &expired).find("certificate has expired"), std::string::npos);
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("expired"), std::string::npos);
}

TEST(TlsTest, RefusesAClientCertificateThatIsNotValidYet) {
  TestServer server;
  const Identity early = Pki::Get().authority.Make({.not_before = std::chrono::seconds(1800)});
  PeerSeenBy(server, &early);
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("not yet valid"), std::string::npos);
}

TEST(TlsTest, RefusesAServerCertificateUsedByAClient) {
  TestServer server;
  PeerSeenBy(server, &Pki::Get().server);
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("purpose"), std::string::npos);
}

// A client of our own that keeps sessions, to see what a resumed one knows.
class Resumption : public ::testing::TestWithParam<int> {
 protected:
  static int Keep(SSL* ssl, SSL_SESSION* session) {
    auto** kept = static_cast<SSL_SESSION**>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    SSL_SESSION_free(*kept);
    *kept = session;
    return 1;
  }

  std::string Peer(std::uint16_t port, bool* resumed) {
    const int fd = ConnectSocket(port);
    SSL* ssl = SSL_new(context_->native());
    Attach(ssl, fd);
    SSL_set_max_proto_version(ssl, GetParam());
    if (session_ != nullptr) SSL_set_session(ssl, session_);
    EXPECT_EQ(SSL_connect(ssl), 1);
    *resumed = SSL_session_reused(ssl) == 1;
    constexpr std::string_view kRequest = "GET /peer HTTP/1.1\r\nHost: x\r\n\r\n";
    EXPECT_GT(SSL_write(ssl, kRequest.data(), kRequest.size()), 0);
    std::array<char, 4096> buffer{};
    const int size = SSL_read(ssl, buffer.data(), buffer.size());
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(fd);
    const std::string answer(buffer.data(), static_cast<std::size_t>(std::max(size, 0)));
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }

  void SetUp() override {
    context_ = ClientTls(&Pki::Get().client);
    SSL_CTX_set_session_cache_mode(context_->native(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_app_data(context_->native(), &session_);
    SSL_CTX_sess_set_new_cb(context_->native(), Keep);
  }
  void TearDown() override { SSL_SESSION_free(session_); }

  std::shared_ptr<const TlsContext> context_;
  SSL_SESSION* session_ = nullptr;
};

TEST_P(Resumption, KeepsTheClientsIdentity) {
  TestServer server;
  bool resumed = true;
  const auto expected = ToHex(FingerprintOf(Pki::Get().client));
  EXPECT_EQ(Peer(server.port(), &resumed), expected);
  EXPECT_FALSE(resumed);
  EXPECT_EQ(Peer(server.port(), &resumed), expected);
  EXPECT_TRUE(resumed);
}

TEST_P(Resumption, DoesNotReachAnotherServer) {
  bool resumed = false;
  {
    TestServer server;
    Peer(server.port(), &resumed);
  }
  TestServer restarted;
  EXPECT_EQ(Peer(restarted.port(), &resumed), ToHex(FingerprintOf(Pki::Get().client)));
  EXPECT_FALSE(resumed);
}

INSTANTIATE_TEST_SUITE_P(Versions, Resumption, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

TEST(TlsTest, ResumedSessionEndsWithItsCertificate) {
  TestServer server;
  const Identity brief = Pki::Get().authority.Make({.not_after = std::chrono::seconds(2)});
  auto context = ClientTls(&brief);
  static SSL_SESSION* session = nullptr;
  SSL_CTX_set_session_cache_mode(context->native(), SSL_SESS_CACHE_CLIENT);
  SSL_CTX_sess_set_new_cb(context->native(), [](SSL*, SSL_SESSION* made) {
    SSL_SESSION_free(session);
    session = made;
    return 1;
  });
  const auto exchange = [&] {
    const int fd = ConnectSocket(server.port());
    SSL* ssl = SSL_new(context->native());
    Attach(ssl, fd);
    if (session != nullptr) SSL_set_session(ssl, session);
    constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    char byte = 0;
    const bool ok = SSL_connect(ssl) == 1 && SSL_write(ssl, kRequest.data(), kRequest.size()) > 0 &&
                    SSL_read(ssl, &byte, 1) == 1;
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(fd);
    return ok;
  };
  ASSERT_TRUE(exchange());
  ASSERT_NE(session, nullptr);
  sleep(3);
  EXPECT_FALSE(exchange());
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("expired"), std::string::npos);
  SSL_SESSION_free(session);
}

TEST(TlsTest, AcceptsApprovedTls12AndItsExtendedMasterSecret) {
  TestServer server;
  OtherClient client;
  SSL_CTX_set_max_proto_version(client.context(), TLS1_2_VERSION);
  EXPECT_EQ(client.Handshake(server.port()), "");
}

TEST(TlsTest, RefusesTls12WithoutTheExtendedMasterSecret) {
  TestServer server;
  OtherClient client;
  SSL_CTX_set_max_proto_version(client.context(), TLS1_2_VERSION);
  SSL_CTX_set_options(client.context(), SSL_OP_NO_EXTENDED_MASTER_SECRET);
  EXPECT_NE(client.Handshake(server.port()), "");
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("extended master secret"),
            std::string::npos);
}

// Our libssl cannot speak TLS 1.1 at all, so the ClientHello is written by hand (RFC 4346, 7.4.1.2).
TEST(TlsTest, RefusesTls11WithAProtocolVersionAlert) {
  TestServer server;
  constexpr std::array<unsigned char, 54> kHello = {
      0x16, 0x03, 0x01, 0x00, 0x31, 0x01, 0x00, 0x00, 0x2d, 0x03, 0x02,  // TLS 1.1
      1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12, 13, 14, 15, 16, 17,
      18,   19,   20,   21,   22,   23,   24,   25,   26,   27,   28,   29, 30, 31, 32,  // random
      0x00, 0x00, 0x06, 0xc0, 0x14, 0xc0, 0x0a, 0x00, 0x35, 0x01, 0x00};  // suites, compression
  const int fd = ConnectSocket(server.port());
  ASSERT_EQ(send(fd, kHello.data(), kHello.size(), 0), static_cast<ssize_t>(kHello.size()));
  std::array<unsigned char, 7> alert{};
  ASSERT_EQ(recv(fd, alert.data(), alert.size(), MSG_WAITALL), 7);
  EXPECT_EQ(alert[0], 0x15);  // alert
  EXPECT_EQ(alert[5], 2);     // fatal
  EXPECT_EQ(alert[6], 70);    // protocol_version
  close(fd);
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("use TLS 1.3"), std::string::npos);
}

TEST(TlsTest, RefusesSuitesThatAreNotApproved) {
  TestServer server;
  OtherClient only_chacha;
  SSL_CTX_set_min_proto_version(only_chacha.context(), TLS1_3_VERSION);
  ASSERT_EQ(SSL_CTX_set_ciphersuites(only_chacha.context(), "TLS_CHACHA20_POLY1305_SHA256"), 1);
  EXPECT_NE(only_chacha.Handshake(server.port()), "");
  OtherClient only_cbc;
  SSL_CTX_set_max_proto_version(only_cbc.context(), TLS1_2_VERSION);
  ASSERT_EQ(SSL_CTX_set_cipher_list(only_cbc.context(), "ECDHE-ECDSA-AES256-SHA"), 1);
  EXPECT_NE(only_cbc.Handshake(server.port()), "");
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("cipher suite"), std::string::npos);
}

TEST(TlsTest, RefusesGroupsThatAreNotApproved) {
  TestServer server;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    OtherClient only_x25519;
    SSL_CTX_set_max_proto_version(only_x25519.context(), version);
    SSL_CTX_set_min_proto_version(only_x25519.context(), version);
    ASSERT_EQ(SSL_CTX_set1_groups_list(only_x25519.context(), "X25519"), 1);
    EXPECT_NE(only_x25519.Handshake(server.port()), "");
  }
}

TEST(TlsTest, AgreesOnP256WithAClientThatPrefersX25519) {
  TestServer server;
  OtherClient client;
  ASSERT_EQ(SSL_CTX_set1_groups_list(client.context(), "X25519:P-256"), 1);
  EXPECT_EQ(client.Handshake(server.port()), "");
}

TEST(TlsTest, SaysThatPlainHttpNeedsTls) {
  TestServer server;
  const int fd = ConnectSocket(server.port());
  constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  ASSERT_GT(send(fd, kRequest.data(), kRequest.size(), 0), 0);
  EXPECT_NE(server.WaitForEvent(Kind::kHandshakeFailed).find("https://"), std::string::npos);
  close(fd);
}

TEST(TlsTest, ServesWithAnRsaCertificateToo) {
  const Identity rsa =
      Pki::Get().authority.Make({.common_name = "localhost", .server = true, .rsa = true});
  TestHandler handler;
  const auto context =
      TlsContext::Server({.library = FipsLibrary(),
                          .gate = OpenGate(),
                          .certificate_pem = rsa.certificate_pem,
                          .key = rsa.key.get(),
                          .client_ca_pem = Pki::Get().authority.certificate_pem()});
  ASSERT_TRUE(context) << context.error().message();
  const auto server = Server::Start({.port = 0}, *context, handler);
  EXPECT_TRUE(NewClient((*server)->port(), &Pki::Get().client)->Send("GET", "/", {}));
}

TEST(TlsTest, RefusesContextsWithWrongMaterial) {
  const Pki& pki = Pki::Get();
  const auto server = [&](std::string certificate, EVP_PKEY* key, std::string issuers) {
    const auto made = TlsContext::Server({.library = FipsLibrary(),
                                          .gate = OpenGate(),
                                          .certificate_pem = std::move(certificate),
                                          .key = key,
                                          .client_ca_pem = std::move(issuers)});
    return made ? std::string() : made.error().message();
  };
  const auto& ca = pki.authority.certificate_pem();
  EXPECT_EQ(server(pki.server.certificate_pem, pki.server.key.get(), ca), "");
  EXPECT_NE(server(pki.server.certificate_pem, pki.client.key.get(), ca).find("belong"),
            std::string::npos);
  EXPECT_NE(server("", pki.server.key.get(), ca).find("PEM"), std::string::npos);
  EXPECT_NE(server("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                   pki.server.key.get(), ca)
                .find("PEM"),
            std::string::npos);
  EXPECT_NE(server(pki.server.certificate_pem, pki.server.key.get(), "x").find("PEM"),
            std::string::npos);
  TlsContext::ClientOptions client{.library = FipsLibrary(),
                                   .gate = OpenGate(),
                                   .certificate_pem = pki.client.certificate_pem,
                                   .key_pem = *SecretBytes::CopyOf(AsBytes("no key")),
                                   .server_ca_pem = ca};
  EXPECT_EQ(TlsContext::Client(std::move(client)).error().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace vallum::net::test
