// SPDX-License-Identifier: Apache-2.0
// One connection to the key server and its REST API v1 (src/rest/openapi.json).
//
//   auto reply = TRY(connection.Get("/v1/keys/" + PathSegment(name)));
//   ObjectReader key(TRY(reply.Json()));
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "cli/profile.h"
#include "module/module.h"
#include "net/client.h"

namespace vallum::cli {

/// PathSegment percent-encodes a name for a path or a query value (RFC 3986).
std::string PathSegment(std::string_view name);

/// ProblemError turns an RFC 9457 problem into an Error. The server's inner failures (5xx) become
/// kUnavailable, so that they are not taken for failures of this machine.
Error ProblemError(unsigned status, std::string_view body);

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

/// Connection is not thread-safe. Each call is kUnauthenticated, kPermissionDenied, kNotFound ... as
/// the server says, or kNetwork, kTls, kTimeout.
class Connection {
 public:
  /// Open reads the profile's credentials; it connects with the first call.
  static Result<std::unique_ptr<Connection>> Open(const Profile& profile, module::Module& module);

  Result<Reply> Get(std::string_view target) { return Call("GET", target, {}); }
  Result<Reply> Post(std::string_view target, std::string_view body) {
    return Call("POST", target, body);
  }
  Result<Reply> Put(std::string_view target, std::string_view body) {
    return Call("PUT", target, body);
  }

 private:
  explicit Connection(std::unique_ptr<net::Client> client) : client_(std::move(client)) {}
  Result<Reply> Call(std::string_view method, std::string_view target, std::string_view body);
  std::unique_ptr<net::Client> client_;
};

}  // namespace vallum::cli
