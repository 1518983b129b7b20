// SPDX-License-Identifier: Apache-2.0
// Requirement: auth-rate
#include "module/login_throttle.h"

#include <algorithm>

namespace vallum::module {

LoginThrottle::Duration LoginThrottle::PauseAfter(std::uint32_t failures) {
  if (failures < 3) return Duration::zero();
  return std::chrono::seconds(1 << std::min<std::uint32_t>(failures - 3, 6));
}

LoginThrottle::Duration LoginThrottle::Admit(Time now) {
  Duration wait = Duration::zero();
  if (count_ > 0) wait = std::max(wait, last_ + PauseAfter(failures_) - now);
  if (count_ >= admitted_.size()) {
    wait = std::max<Duration>(wait, admitted_[next_] + std::chrono::minutes(1) - now);
  }
  if (wait > Duration::zero()) return wait;
  admitted_[next_] = last_ = now;
  next_ = (next_ + 1) % admitted_.size();
  ++count_;
  ++failures_;
  return Duration::zero();
}

}  // namespace vallum::module
