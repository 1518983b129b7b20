// SPDX-License-Identifier: Apache-2.0
// Calendar days, as certificates have them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vallum::scan {

using Day = std::chrono::sys_days;

/// ParseDay reads "2026-11-21"; kInvalidArgument for anything else, also for a day that no month has.
Result<Day> ParseDay(std::string_view text);
std::string FormatDay(Day day);

}  // namespace vallum::scan
