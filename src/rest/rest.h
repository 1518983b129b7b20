// SPDX-License-Identifier: Apache-2.0
// The REST API, version 1: decode, call the service, encode. openapi.json is the contract.
//
//   RestApi api(*service, {.policy = config.policy});
//   auto server = TRY(net::Server::Start(options, tls, api));
//
// Secrets: a request's JSON is parsed within its body's SecretBuffer, plaintext is decoded into
// SecretBytes, and replies are written straight into a SecretBuffer.
#pragma once

#include <cstddef>
#include <functional>

#include "net/http.h"
#include "net/server.h"
#include "service/service.h"

namespace vallum::rest {

/// What an audit record's append costs the thread that makes it.
enum class AuditCost : std::uint8_t {
  kMemory,  ///< a write to the page cache
  kDisk,    ///< an fsync: every request that is recorded goes to the pool
};

struct RestOptions {
  module::Policy policy = module::Policy::kOnly;  ///< as the module was started with
  AuditCost audit_cost = AuditCost::kMemory;
  std::size_t max_body_bytes = 1 << 20;
  /// Called with each error whose message is held back from the client; thread-safe; may be empty.
  std::function<void(const RequestId&, const Error&)> on_server_fault = {};
};

/// RestApi is thread-safe. The service must outlive it.
class RestApi final : public net::Handler {
 public:
  RestApi(service::Service& service, RestOptions options);

  bool IsSlow(const net::Request& request) const override;
  net::Response Handle(net::Request& request) override;
  net::Response Refuse(unsigned status, std::string_view reason) override;

 private:
  service::Service& service_;
  RestOptions options_;
};

/// OpenApiDocument is openapi.json as built in.
std::string_view OpenApiDocument();

}  // namespace vallum::rest
