// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 messages as bytes (RFC 9112). Private to net.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "net/http.h"

namespace vallum::net {

/// What the connection adds to a response.
struct ResponseFraming {
  bool head = false;       ///< the answer to HEAD: the length of the body, but not the body
  bool keep_alive = true;  ///< false adds "Connection: close"
  std::string_view date;   ///< IMF-fixdate (RFC 9110, 5.6.7)
};

/// WriteResponse appends the whole response to `out`. A header field whose value has a control
/// character is left out. kResourceExhausted when no locked memory is left.
Status WriteResponse(const Response& response, const ResponseFraming& framing, SecretBuffer& out);

/// WriteRequest appends a request with its body; `host` goes into the Host field.
Status WriteRequest(std::string_view method, std::string_view target, std::string_view host,
                    ByteSpan body, SecretBuffer& out);

/// HttpDate formats seconds since 1970 as IMF-fixdate.
std::string HttpDate(std::int64_t unix_seconds);

}  // namespace vallum::net
