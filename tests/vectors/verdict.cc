// SPDX-License-Identifier: Apache-2.0
#include "vectors/verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace vallum::vectors {

Result<Verdict> Ran(const module::Indicator& indicator, std::uint32_t reasons) {
  const auto approval = reasons == 0 ? module::Approval::kApproved : module::Approval::kNotApproved;
  const std::string names = fmt::format("{}", fmt::join(module::ReasonNames(reasons), ", "));
  if (indicator.approval != approval || indicator.reasons != reasons) {
    return Wrong(fmt::format("the indicator is {} with [{}], expected {} with [{}]",
                             indicator.approved() ? "approved" : "not approved",
                             fmt::join(module::ReasonNames(indicator.reasons), ", "),
                             reasons == 0 ? "approved" : "not approved", names));
  }
  return Verdict{.kind = reasons == 0 ? Verdict::Kind::kApproved : Verdict::Kind::kFlagged,
                 .reason = names};
}

module::Indicator Both(const module::Indicator& a, const module::Indicator& b) {
  return {.approval = std::min(a.approval, b.approval), .reasons = a.reasons | b.reasons};
}

Status Same(std::string_view what, ByteSpan got, ByteSpan expected) {
  if (std::ranges::equal(got, expected)) return {};
  return Wrong(fmt::format("{} is {}, expected {}", what, ToHex(got), ToHex(expected)));
}

}  // namespace vallum::vectors
