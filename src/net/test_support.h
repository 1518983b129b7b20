// SPDX-License-Identifier: Apache-2.0
// For the tests of net: a FIPS library context, certificates of every kind, a handler, raw clients.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "net/client.h"
#include "net/server.h"
#include "net/tls.h"

namespace vallum::net::test {

/// FipsLibrary is a context with the strict FIPS provider and `base` only; the process's default
/// context gets the null provider, so that a call that forgets its context fails.
OSSL_LIB_CTX* FipsLibrary();
/// LaxLibrary has OpenSSL's default provider: for clients that do what we must refuse.
OSSL_LIB_CTX* LaxLibrary();

/// OpenGate is the gate of a module that is always in service.
inline ProviderGate OpenGate() {
  return [](const std::function<void()>& step) -> Status {
    step();
    return {};
  };
}

struct Identity {
  std::string certificate_pem{};
  std::string key_pem{};
  std::shared_ptr<EVP_PKEY> key{};
  SecretBytes SecretKeyPem() const;
};

struct Issue {
  std::string common_name = "test";
  bool server = false;  ///< else a client; sets the extended key usage
  std::string alternative_names = "DNS:localhost,IP:127.0.0.1";
  std::chrono::seconds not_before{-3600};
  std::chrono::seconds not_after{3600};
  bool rsa = false;
};

class Authority {
 public:
  explicit Authority(std::string name);
  Identity Make(const Issue& issue) const;
  const std::string& certificate_pem() const { return self_.certificate_pem; }

 private:
  std::string name_;
  Identity self_;
};

/// Fingerprint of a PEM certificate by OpenSSL's own one-shot functions.
Bytes FingerprintOf(const Identity& identity);

/// Pki is one authority with a server and a client certificate, shared by a test program.
struct Pki {
  Authority authority{"test authority"};
  Identity server = authority.Make({.common_name = "localhost", .server = true});
  Identity client = authority.Make({.common_name = "client"});
  static const Pki& Get();
};

std::shared_ptr<const TlsContext> ServerTls();
/// ClientTls presents `identity`, or nothing when null, and trusts the shared authority.
std::shared_ptr<const TlsContext> ClientTls(const Identity* identity);

std::unique_ptr<Client> NewClient(std::uint16_t port, const Identity* identity);

/// Connects a plain socket to 127.0.0.1; -1 on failure. Reads time out after ten seconds.
int ConnectSocket(std::uint16_t port);

/// Attach makes a TLS connection use a socket, without SIGPIPE.
void Attach(SSL* ssl, int fd);

/// RawTls speaks TLS 1.3 with bytes of the test's choice. Blocking.
class RawTls {
 public:
  explicit RawTls(std::uint16_t port, const Identity* identity = nullptr);
  ~RawTls();
  RawTls(const RawTls&) = delete;
  RawTls& operator=(const RawTls&) = delete;
  bool connected() const { return connected_; }
  bool Send(std::string_view text);
  /// ReadUntilClosed returns everything up to the server's close.
  std::string ReadUntilClosed();
  /// ReadUntil reads until `marker` has arrived (or the connection ends).
  std::string ReadUntil(std::string_view marker);
  void Abort();  ///< closes the socket without a word

 private:
  std::shared_ptr<const TlsContext> context_;
  int fd_ = -1;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
};

/// OtherClient is a TLS client in the lax context that a test configures to its liking.
class OtherClient {
 public:
  OtherClient();
  SSL_CTX* context() { return context_.get(); }
  /// Handshake returns "" when it works and one byte can be exchanged, else the reason.
  std::string Handshake(std::uint16_t port);

 private:
  std::shared_ptr<SSL_CTX> context_;
};

}  // namespace vallum::net::test
