// SPDX-License-Identifier: Apache-2.0
// One connection to the key server and its REST API v1 (src/rest/openapi.json).
//
//   auto reply = TRY(connection.Get("/v1/keys/" + PathSegment(name)));
//   ObjectReader key(TRY(reply.Json()));
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "module/module.h"
#include "net/client.h"
#include "remote/profile.h"
#include "remote/reply.h"

namespace vallum::cli {

using remote::FormatProfile;
using remote::LoadProfile;
using remote::PathSegment;
using remote::Profile;
using remote::ProfileSources;
using remote::Reply;

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
