// SPDX-License-Identifier: Apache-2.0
// The HTTPS server: one I/O thread per core, each with its own acceptor (SO_REUSEPORT), keep-alive
// connections, a bounded pool for slow requests, bounds on everything a client can make grow.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/http.h"
#include "net/tls.h"

namespace vallum::net {

/// Handler answers requests; thread-safe.
class Handler {
 public:
  virtual ~Handler() = default;
  /// IsSlow says whether a request may block or take more than about a millisecond: those go to the
  /// pool and may wait there, others are answered on the I/O thread.
  virtual bool IsSlow(const Request& request) const = 0;
  virtual Response Handle(Request& request) = 0;
  /// Refuse makes the answer to what never reached Handle: 400, 408, 413, 431, 503.
  virtual Response Refuse(unsigned status, std::string_view reason) = 0;
};

/// ServerEvent is something an operator may want in the log. The texts live during the call only.
struct ServerEvent {
  enum class Kind : std::uint8_t {
    kHandshakeFailed,  ///< the message says why: expired, unknown issuer, protocol, suite, ...
    kRequestTimeout,   ///< a client was too slow with a request or in taking the answer
    kConnectionLimit,  ///< max_connections reached: the connection was closed at once
    kAcceptPaused,     ///< no descriptor or memory for another connection; tried again soon
    kInternal,         ///< a handler threw; it was answered 500
  };
  Kind kind = Kind::kInternal;
  std::string_view peer_address;
  std::string_view message;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  ///< numeric
  std::uint16_t port = 8443;          ///< 0: any free one, see Server::port
  unsigned io_threads = 0;            ///< 0: one per core
  unsigned pool_threads = 64;
  std::size_t pool_queue = 1024;  ///< past it slow requests are answered 503 with Retry-After
  std::size_t max_connections = 20000;
  std::size_t max_header_bytes = 16 << 10;
  std::size_t max_body_bytes = 1 << 20;
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds request_timeout{30'000};  ///< first byte to last byte of a request
  /// Between requests; a client without a certificate has at most request_timeout.
  std::chrono::milliseconds idle_timeout{300'000};
  /// Called on the I/O threads: must be thread-safe and quick.
  std::function<void(const ServerEvent&)> on_event{};
};

/// ServerStats are counters since start; figures for status and metrics.
struct ServerStats {
  std::uint64_t connections = 0;  ///< open now
  std::uint64_t accepted = 0;
  std::uint64_t handshake_failures = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused_busy = 0;         ///< 503 because the pool's queue was full
  std::uint64_t refused_connections = 0;  ///< closed at once because of max_connections
  std::uint64_t timeouts = 0;             ///< closed because of one of the three timeouts
};

class Server {
 public:
  /// Start binds and serves until Stop. kUnavailable when the port is in use (the message says which
  /// option to change). `handler` must outlive the server.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                               std::shared_ptr<const TlsContext> tls,
                                               Handler& handler);
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  virtual ServerStats stats() const = 0;
  /// Stop accepts nothing new, finishes what is in flight for at most `grace`, then closes. It
  /// returns when no handler runs any more, even if one takes longer than that. Stopping twice is
  /// harmless; the destructor stops with no grace.
  virtual void Stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace vallum::net
