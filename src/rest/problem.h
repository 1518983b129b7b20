// SPDX-License-Identifier: Apache-2.0
// Errors on this wire: one table from Code to HTTP status, and problem details (RFC 9457).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace vallum::rest {

/// HttpStatus is the one mapping from Code to status; exhaustive.
unsigned HttpStatus(Code code);

/// PublicDetail is what a client may read about `error`: the error's own message when it is about the
/// request, a fixed text when it is about the server's inside (the log has the rest).
std::string_view PublicDetail(const Error& error);
/// IsServerFault says whether PublicDetail holds the error's message back.
bool IsServerFault(Code code);

/// WriteProblem replaces `response` by application/problem+json. `detail` must not be secret. When no
/// memory is left for a body the status goes out alone.
void WriteProblem(net::Response& response, unsigned status, Code code, std::string_view detail,
                  std::string_view request_id);
/// WriteProblem for an error of the service: status and detail from the tables.
void WriteProblem(net::Response& response, const Error& error, std::string_view request_id);

}  // namespace vallum::rest
