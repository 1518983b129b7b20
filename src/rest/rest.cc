// SPDX-License-Identifier: Apache-2.0
#include "rest/rest.h"

#include <utility>

#include "rest/exchange.h"
#include "rest/problem.h"
#include "rest/router.h"

namespace vallum::rest {
namespace {

void AddStandardHeaders(net::Response& response, std::string_view request_id) {
  response.headers.emplace_back("X-Request-Id", request_id);
  response.headers.emplace_back("Cache-Control", "no-store");
}

Code CodeOfStatus(unsigned status) {
  switch (status) {
    case 408:
      return Code::kTimeout;
    case 413:
    case 431:
      return Code::kResourceExhausted;
    case 503:
      return Code::kUnavailable;
    case 500:
      return Code::kInternal;
    default:
      return Code::kInvalidArgument;
  }
}

void WriteNoRoute(net::Response& response, Match& match, std::string_view request_id) {
  if (match.allowed.empty()) {
    WriteProblem(response, 404, Code::kNotFound,
                 "no such path; GET /v1/openapi.json lists all operations", request_id);
    return;
  }
  const std::string detail = "this path has only the methods " + match.allowed;
  response.headers.emplace_back("Allow", std::move(match.allowed));
  WriteProblem(response, 405, Code::kInvalidArgument, detail, request_id);
}

}  // namespace

RestApi::RestApi(service::Service& service, RestOptions options)
    : service_(service), options_(std::move(options)) {}

bool RestApi::IsSlow(const net::Request& request) const {
  const Match match = FindRoute(request.method, SplitTarget(request.target).path);
  if (match.route == nullptr || match.route->access == Access::kAnyone) return false;
  if (options_.audit_cost == AuditCost::kDisk) return true;
  if (request.body.size() >= match.route->slow_from) return true;
  if (match.route->action != policy::Action::kSign) return false;
  const auto name = PercentDecode(match.parameters[0]);
  return name && service_.SignsForLong(*name);
}

net::Response RestApi::Handle(net::Request& request) {
  net::Response response;
  service::Caller caller;
  caller.request = service_.NewRequestId();
  const std::string request_id = ToString(caller.request);
  AddStandardHeaders(response, request_id);

  Match match = FindRoute(request.method, SplitTarget(request.target).path);
  if (match.route == nullptr) {
    WriteNoRoute(response, match, request_id);
    return response;
  }
  if (request.peer != nullptr)
    caller.certificate_fingerprint = request.peer->certificate_fingerprint;
  if (match.route->access == Access::kPrincipal && caller.certificate_fingerprint.empty()) {
    WriteProblem(response, 401, Code::kUnauthenticated,
                 "no client certificate; connect with one that this server's CA issued",
                 request_id);
    return response;
  }
  caller.trace = TraceId(request.Header("traceparent"));

  Exchange exchange(service_, options_, request, response, std::move(caller), match);
  const Status status = match.route->handler(exchange);
  if (status) return response;
  const Error& error = status.error();
  if (match.route->access == Access::kPrincipal && !exchange.used()) {
    service_.RecordRefusal(exchange.caller(), policy::Name(match.route->action), error);
  }
  if (IsServerFault(error.code()) && options_.on_server_fault) {
    options_.on_server_fault(exchange.caller().request, error);
  }
  WriteProblem(response, error, request_id);
  return response;
}

net::Response RestApi::Refuse(unsigned status, std::string_view reason) {
  net::Response response;
  const std::string request_id = ToString(service_.NewRequestId());
  AddStandardHeaders(response, request_id);
  WriteProblem(response, status, CodeOfStatus(status), reason, request_id);
  return response;
}

}  // namespace vallum::rest
