// SPDX-License-Identifier: Apache-2.0
// The soft error state: a failure that may pass gets a bounded number of retries. Meanwhile services
// wait at the gate in both directions, so nothing that was made during the failure leaves before the
// retry has decided.
#include <fmt/format.h>

#include "module/impl.h"

namespace vallum::module {
namespace {

constexpr int kRetries = 3;

}  // namespace

void Module::Impl::Recover(const Error& error, const std::function<Status()>& again) {
  const State from = gate.state();
  const bool serving = from == State::kUninitialised || from == State::kOperational;
  // Another thread is retrying, or a self-test that includes what failed is running.
  if (!serving || !gate.Move(from, State::kErrorSoft)) return;
  {
    const std::lock_guard lock(mutex);
    ++soft_errors;
    soft_cause = CauseOf(error, {});
  }
  for (int attempt = 0; attempt < kRetries; ++attempt) {
    if (!again()) continue;
    (void)gate.Move(State::kErrorSoft, from);
    return;
  }
  Fail(
      Error(error.code(), fmt::format("{}, and {} retries failed too", error.message(), kRetries)));
}

}  // namespace vallum::module
