// SPDX-License-Identifier: Apache-2.0
// What a vallumd answers to its REST API v1 (src/rest/openapi.json), and how its paths are written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "net/client.h"

namespace vallum::remote {

/// PathSegment percent-encodes a name for a path or a query value (RFC 3986).
std::string PathSegment(std::string_view name);

/// ProblemError turns an RFC 9457 problem into an Error. The server's inner failures (5xx) become
/// kUnavailable, so that they are not taken for failures of this machine.
Error ProblemError(unsigned status, std::string_view body);

/// ItemFailure is why an item of a batch failed; nothing when it did not.
std::optional<Error> ItemFailure(ObjectReader& item);

/// Reply is a successful answer. It may hold secrets: its text never leaves the arena by itself.
class Reply {
 public:
  explicit Reply(net::ClientResponse response) : response_(std::move(response)) {}
  /// text is the body as sent, until Json() has taken it apart in place.
  std::string_view text() const { return AsText(response_.body.span()); }
  ByteSpan bytes() const { return response_.body.span(); }
  /// Json parses once; the value lives as long as this Reply stays where it is.
  Result<JsonValue> Json();

 private:
  net::ClientResponse response_;
  std::optional<JsonDocument> document_;
};

/// Checked is a Reply for HTTP 200 to 299 and the problem's Error for the rest.
Result<Reply> Checked(net::ClientResponse response);

}  // namespace vallum::remote
