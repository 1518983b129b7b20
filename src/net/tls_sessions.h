// SPDX-License-Identifier: Apache-2.0
// Sessions that a client may resume, so that its next handshake is a short one. Private to net.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace vallum::net {

void FreeSession(ssl_session_st* session);
struct SessionFreer {
  void operator()(ssl_session_st* session) const { FreeSession(session); }
};
using SessionHandle = std::unique_ptr<ssl_session_st, SessionFreer>;

/// TlsSessions is thread-safe. Each session is used once (RFC 8446, C.4), and only for the host whose
/// certificate was checked when it began.
class TlsSessions {
 public:
  /// Attach makes `context` keep its sessions here; this has to outlive it.
  void Attach(ssl_ctx_st* context);
  /// Take is null when there is none for `host`.
  SessionHandle Take(const std::string& host);

 private:
  static int OnNew(ssl_st* ssl, ssl_session_st* session);
  void Keep(const std::string& host, SessionHandle session);

  std::mutex mutex_;
  std::map<std::string, std::vector<SessionHandle>> sessions_;
};

}  // namespace vallum::net
