// SPDX-License-Identifier: Apache-2.0
// Verdict: what became of one test case, and the ways for an adapter to reach it.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "module/module.h"

namespace vallum::vectors {

/// Verdict on one case. A case that went wrong is an Error instead.
struct Verdict {
  enum class Kind : std::uint8_t {
    kApproved,  ///< the right result, and the service said that it is approved
    kFlagged,   ///< the right result, not approved, for exactly the reason that was expected
    kRefused,   ///< refused, as the case or the approved table demands
    kBeneath,   ///< the right result of the provider, which the door has no service for
    kNotRun,    ///< the door does not offer what the case needs
  };
  Kind kind = Kind::kNotRun;
  std::string reason;  ///< of kFlagged and kNotRun
};

/// Ran demands that the indicator shows exactly `reasons` (bits of module::Reason, 0: approved).
Result<Verdict> Ran(const module::Indicator& indicator, std::uint32_t reasons = 0);
/// Refused is the verdict on a wrong input that the module did not take.
inline Verdict Refused() { return {.kind = Verdict::Kind::kRefused, .reason = {}}; }
/// Beneath is the verdict on a right result that did not come through the door.
inline Verdict Beneath() { return {.kind = Verdict::Kind::kBeneath, .reason = {}}; }
inline Verdict NotRun(std::string reason) {
  return {.kind = Verdict::Kind::kNotRun, .reason = std::move(reason)};
}

/// Both merges the indicators of two services of one case.
module::Indicator Both(const module::Indicator& a, const module::Indicator& b);

/// Wrong is the error of a case whose result is not the expected one.
inline Error Wrong(std::string message,
                   std::source_location where = std::source_location::current()) {
  return Error(Code::kVerifyFailed, std::move(message), where);
}

/// Same is an error that shows both when `got` is not `expected`.
Status Same(std::string_view what, ByteSpan got, ByteSpan expected);

/// MustFail demands the error `code` of `result`.
template <typename T>
Status MustFail(std::string_view what, const Result<T>& result, Code code) {
  if (result) return Wrong(std::string(what) + " was accepted");
  if (result.error().code() == code) return {};
  return Wrong(std::string(what) + " failed with another error: " + result.error().ToString());
}

}  // namespace vallum::vectors
