// SPDX-License-Identifier: Apache-2.0
// Exchange: one request on its way to its answer, as the handlers see it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "rest/rest.h"
#include "rest/router.h"

namespace vallum::rest {

/// Query holds the decoded parameters of one target. Like ObjectReader: what nobody asked for is an
/// error that names it.
class Query {
 public:
  /// Parse decodes "a=1&b=2"; a parameter given twice is kInvalidArgument.
  static Result<Query> Parse(std::string_view text);
  std::string Text(std::string_view name);
  Result<std::uint64_t> Number(std::string_view name, std::uint64_t otherwise, std::uint64_t least,
                               std::uint64_t most);
  Status Finish() const;

 private:
  struct Parameter {
    std::string name;
    std::string value;
    bool taken = false;
  };
  std::vector<Parameter> parameters_;
};

/// Exchange belongs to one request and one thread.
class Exchange {
 public:
  Exchange(service::Service& service, const RestOptions& options, net::Request& request,
           net::Response& response, service::Caller caller, const Match& match);

  /// Use returns the service and notes that the call was made, so that the service has recorded it.
  service::Service& Use();
  bool used() const { return used_; }

  const service::Caller& caller() const { return caller_; }
  const RestOptions& options() const { return options_; }
  net::Response& response() { return response_; }

  /// Parameter is the decoded path parameter at `position`.
  Result<std::string> Parameter(std::size_t position) const;
  Result<Query> ParseQuery() const;
  /// ParseBody parses the body in place; an absent body is an empty object. kInvalidArgument unless
  /// its Content-Type is application/json: browsers send that to another site only when allowed.
  Result<JsonDocument> ParseBody();
  /// ExpectNoBody is for GET, and NoQuery for whatever takes no parameters.
  Status ExpectNoBody() const;
  Status ExpectNoQuery() const;
  /// ExpectEmptyObject is for operations whose body says nothing.
  Status ExpectEmptyObject();

  /// SendText answers with text/plain, SendBytes with application/octet-stream.
  Status SendText(std::string_view text);
  Status SendBytes(ByteSpan bytes);

 private:
  service::Service& service_;
  const RestOptions& options_;
  net::Request& request_;
  net::Response& response_;
  service::Caller caller_;
  std::array<std::string_view, 2> parameters_;
  std::string_view query_;
  bool used_ = false;
};

/// TraceId takes the trace id out of a W3C traceparent header, or is empty when that is not valid.
std::string TraceId(std::string_view traceparent);

}  // namespace vallum::rest
