// SPDX-License-Identifier: Apache-2.0
#include "net/tls_sessions.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

namespace vallum::net {
namespace {

constexpr std::size_t kMostOfAHost = 16;

// The host that the peer's certificate was held against.
std::string HostOf(SSL* ssl) {
  X509_VERIFY_PARAM* checked = SSL_get0_param(ssl);
  if (const char* name = X509_VERIFY_PARAM_get0_host(checked, 0)) return name;
  char* address = X509_VERIFY_PARAM_get1_ip_asc(checked);
  std::string host = address == nullptr ? "" : address;
  OPENSSL_free(address);
  return host;
}

}  // namespace

void FreeSession(ssl_session_st* session) { SSL_SESSION_free(session); }

void TlsSessions::Attach(ssl_ctx_st* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_sess_set_new_cb(context, OnNew);
}

int TlsSessions::OnNew(ssl_st* ssl, ssl_session_st* session) {
  auto* self = static_cast<TlsSessions*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  const std::string host = HostOf(ssl);
  if (host.empty()) return 0;
  self->Keep(host, SessionHandle(session));
  return 1;  // taken over
}

void TlsSessions::Keep(const std::string& host, SessionHandle session) {
  const std::lock_guard lock(mutex_);
  std::vector<SessionHandle>& kept = sessions_[host];
  if (kept.size() == kMostOfAHost) kept.erase(kept.begin());
  kept.push_back(std::move(session));
}

SessionHandle TlsSessions::Take(const std::string& host) {
  const std::lock_guard lock(mutex_);
  const auto at = sessions_.find(host);
  if (at == sessions_.end() || at->second.empty()) return nullptr;
  SessionHandle session = std::move(at->second.back());
  at->second.pop_back();
  return session;
}

}  // namespace vallum::net
