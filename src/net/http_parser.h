// SPDX-License-Identifier: Apache-2.0
// Incremental HTTP/1.1 parsers for both directions, on Beast's basic_parser. Private to net.
// Beast checks the grammar; what it leaves open is bounded or refused here: the size and number of
// header fields over all reads, transfer codings other than chunked, requests without one Host,
// trailers (dropped), and a body that no locked memory is left for.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "net/client.h"
#include "net/http.h"

namespace vallum::net {

struct ParserLimits {
  std::size_t max_header_bytes = 16 << 10;
  std::size_t max_body_bytes = 1 << 20;
};

/// Fields past this many are refused with 431, however short they are.
inline constexpr std::size_t kMaxHeaderFields = 100;

/// ParseProgress: `used` bytes are done with; give the rest again with more behind it.
struct ParseProgress {
  std::size_t used = 0;
  bool done = false;
  unsigned refusal = 0;  ///< 400, 413, 431, 503 when the message is refused; then stop
  std::string reason;    ///< of the refusal
};

/// RequestParser reads one request. Not thread-safe. `peer` must outlive the request.
class RequestParser {
 public:
  static std::unique_ptr<RequestParser> Create(const Peer* peer, const ParserLimits& limits);
  virtual ~RequestParser() = default;
  /// Parse takes what it can from the front of `data` (not empty, not after done or refusal).
  virtual ParseProgress Parse(ByteSpan data) = 0;
  /// WantsContinue: the header is complete, the body is not, and the client waits for an interim
  /// answer before it sends it (RFC 9110, 10.1.1).
  virtual bool WantsContinue() const = 0;
  /// keep_alive is valid once the header is complete.
  virtual bool keep_alive() const = 0;
  virtual Request& request() = 0;
};

/// ResponseParser reads one final response and skips interim ones. A response whose end is the end of
/// the connection is refused: it cannot be told from a truncated one.
class ResponseParser {
 public:
  /// `head`: the answer to a HEAD request, which has no body.
  static std::unique_ptr<ResponseParser> Create(bool head, const ParserLimits& limits);
  virtual ~ResponseParser() = default;
  virtual ParseProgress Parse(ByteSpan data) = 0;
  virtual bool keep_alive() const = 0;
  virtual ClientResponse& response() = 0;
};

}  // namespace vallum::net
