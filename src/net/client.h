// SPDX-License-Identifier: Apache-2.0
// A blocking HTTPS client with one keep-alive connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"
#include "net/tls.h"

namespace vallum::net {

struct ClientResponse {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  SecretBuffer body;
  std::string_view Header(std::string_view name) const;
};

/// Client is not thread-safe. It connects on the first request and once again when a kept-alive
/// connection turns out to be closed before any byte of the answer, for idempotent methods only.
class Client {
 public:
  struct Options {
    std::string host;  ///< name or address; the server's certificate must carry it
    std::uint16_t port = 8443;
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds request_timeout{60'000};
    std::size_t max_body_bytes = 16 << 20;
  };
  static Result<std::unique_ptr<Client>> Create(Options options,
                                                std::shared_ptr<const TlsContext> tls);
  virtual ~Client() = default;
  /// Connect connects unless there is a connection that the server has not closed; nothing is asked yet, so
  /// whoever fails here may go to another server.
  virtual Status Connect() = 0;
  /// SetRequestTimeout is for the requests from now on.
  virtual void SetRequestTimeout(std::chrono::milliseconds timeout) = 0;
  /// Send makes one exchange. kNetwork, kTls and kTimeout say what to check next.
  virtual Result<ClientResponse> Send(std::string_view method, std::string_view target,
                                      ByteSpan body) = 0;
};

}  // namespace vallum::net
