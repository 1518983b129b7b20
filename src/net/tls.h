// SPDX-License-Identifier: Apache-2.0
// TLS contexts on the boundary's private libssl: TLS 1.3, and 1.2 only with the extended master
// secret; approved suites, groups and signature schemes only (SP 800-52r2; IG D.Q).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

struct ossl_lib_ctx_st;
struct evp_pkey_st;
struct ssl_ctx_st;

namespace vallum::net {

class TlsSessions;  // net/tls_sessions.h

/// ProviderGate runs one step of TLS inside the gate of the cryptographic module: it waits while the
/// module tests itself or zeroises, and fails, when the module is in an error state. Thread-safe.
using ProviderGate = std::function<Status(const std::function<void()>& step)>;

/// TlsContext is a configured SSL_CTX; immutable, shared by connections, thread-safe.
class TlsContext {
 public:
  struct ServerOptions {
    ossl_lib_ctx_st* library = nullptr;  ///< must outlive the context, like what `gate` uses
    ProviderGate gate{};                 ///< every use of the provider goes through it
    std::string certificate_pem{};       ///< the server's, leaf first
    evp_pkey_st* key = nullptr;          ///< its key; a reference is added
    std::string client_ca_pem{};         ///< who may issue client certificates
  };
  /// Server asks each client for a certificate and refuses a foreign or expired one in the handshake;
  /// a client without one gets through as anonymous (for liveness and readiness only).
  static Result<std::shared_ptr<const TlsContext>> Server(const ServerOptions& options);

  struct ClientOptions {
    ossl_lib_ctx_st* library = nullptr;
    ProviderGate gate{};
    std::string certificate_pem{};  ///< empty: anonymous
    SecretBytes key_pem{};          ///< PKCS#8
    std::string server_ca_pem{};
  };
  static Result<std::shared_ptr<const TlsContext>> Client(ClientOptions options);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ssl_ctx_st* native() const { return context_; }
  ossl_lib_ctx_st* library() const { return library_; }
  const ProviderGate& gate() const { return gate_; }
  /// sessions are those that a client's next connection may resume; null for a server.
  TlsSessions* sessions() const { return sessions_.get(); }

 private:
  TlsContext(ssl_ctx_st* context, ossl_lib_ctx_st* library, ProviderGate gate,
             std::unique_ptr<TlsSessions> sessions);
  ssl_ctx_st* context_;
  ossl_lib_ctx_st* library_;
  ProviderGate gate_;
  std::unique_ptr<TlsSessions> sessions_;
};

}  // namespace vallum::net
