// SPDX-License-Identifier: Apache-2.0
// Parts that many of the server's answers share.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/output.h"

namespace vallum::cli {

/// StringsOf is an array of strings; kInvalidArgument otherwise.
Result<std::vector<std::string>> StringsOf(JsonValue array);
/// Join puts ", " between the parts.
std::string Join(const std::vector<std::string>& parts);

/// ServiceApproval is the member `fips` of every cryptographic answer.
struct ServiceApproval {
  bool approved = false;
  std::vector<std::string> reasons;
};
/// ReadApproval takes `fips`; an absent one counts as not approved.
Result<ServiceApproval> ReadApproval(ObjectReader& reply);
/// WarnIfNotApproved says on standard error which service was not approved, and why.
void WarnIfNotApproved(Output& out, const ServiceApproval& approval);
/// WriteApproval adds the member `fips` to a document of our own.
void WriteApproval(JsonWriter& writer, const ServiceApproval& approval);

}  // namespace vallum::cli
