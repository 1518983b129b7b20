// SPDX-License-Identifier: Apache-2.0
#include "scan/certificate/date.h"

#include <fmt/format.h>

#include <charconv>

namespace vallum::scan {
namespace {

constexpr std::size_t kLength = 10;

bool Digits(std::string_view text, int& value) {
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  return wrong == std::errc() && end == text.data() + text.size() && text[0] != '-';
}

}  // namespace

Result<Day> ParseDay(std::string_view text) {
  int year = 0, month = 0, day = 0;
  const bool right = text.size() == kLength && text[4] == '-' && text[7] == '-' &&
                     Digits(text.substr(0, 4), year) && Digits(text.substr(5, 2), month) &&
                     Digits(text.substr(8, 2), day);
  const auto date = std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) /
                    std::chrono::day(static_cast<unsigned>(day));
  if (!right || !date.ok()) return InvalidArgument("it is no day; write it as 2026-11-21");
  return Day(date);
}

std::string FormatDay(Day day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace vallum::scan
