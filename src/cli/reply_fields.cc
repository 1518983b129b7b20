// SPDX-License-Identifier: Apache-2.0
#include "cli/reply_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vallum::cli {

Result<std::vector<std::string>> StringsOf(JsonValue array) {
  std::vector<std::string> out;
  for (const JsonValue& value : TRY(array.AsArray())) out.emplace_back(TRY(value.AsString()));
  return out;
}

std::string Join(const std::vector<std::string>& parts) {
  return fmt::format("{}", fmt::join(parts, ", "));
}

Result<ServiceApproval> ReadApproval(ObjectReader& reply) {
  ServiceApproval approval;
  auto fips = reply.OptionalValue("fips");
  if (!fips) return approval;
  ObjectReader members(*fips);
  approval.approved = TRY(members.OptionalBool("approved")).value_or(false);
  if (auto reasons = members.OptionalValue("reasons")) approval.reasons = TRY(StringsOf(*reasons));
  return approval;
}

void WarnIfNotApproved(Output& out, const ServiceApproval& approval) {
  if (approval.approved) return;
  out.Warning("the service was not an approved one: " +
              (approval.reasons.empty() ? "no indicator" : Join(approval.reasons)));
}

void WriteApproval(JsonWriter& writer, const ServiceApproval& approval) {
  writer.Name("fips").BeginObject();
  writer.Name("approved").Bool(approval.approved);
  writer.Name("reasons").BeginArray();
  for (const std::string& reason : approval.reasons) writer.String(reason);
  writer.EndArray().EndObject();
}

}  // namespace vallum::cli
