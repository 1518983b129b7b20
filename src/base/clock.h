// SPDX-License-Identifier: Apache-2.0
// Time through a seam, so that tests can move it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vallum {

using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;

/// Clock tells the wall time. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;
};

/// SystemClock is the machine's realtime clock.
class SystemClock final : public Clock {
 public:
  TimePoint Now() const override;
};

/// FormatTime gives RFC 3339 in UTC with microseconds: 2026-01-31T12:00:00.000000Z.
/// Years before 0 and after 9999 have no such form and give the first or last moment that has.
std::string FormatTime(TimePoint time);
/// ParseTime accepts RFC 3339 in UTC ("Z") with up to six fractional digits; capital T and
/// Z only, no leap seconds. Else kInvalidArgument.
Result<TimePoint> ParseTime(std::string_view text);

}  // namespace vallum
