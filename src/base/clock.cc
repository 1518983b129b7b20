// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <algorithm>
#include <cstdint>

namespace vallum {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::sys_days;

constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
constexpr TimePoint kFirst = sys_days(std::chrono::year(0) / 1 / 1);
constexpr TimePoint kLast = TimePoint(sys_days(std::chrono::year(10000) / 1 / 1)) - microseconds(1);

Error NotATime() {
  return InvalidArgument("a time is not RFC 3339 in UTC; write it as 2026-01-31T12:00:00Z");
}

bool IsDigit(char character) { return character >= '0' && character <= '9'; }

bool HasShape(std::string_view text) {
  return text.size() == kShape.size() &&
         std::equal(text.begin(), text.end(), kShape.begin(), [](char character, char shape) {
           return shape == 'd' ? IsDigit(character) : character == shape;
         });
}

std::int64_t Number(std::string_view digits) {
  std::int64_t value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

void AppendNumber(std::string& text, std::int64_t value, std::size_t width) {
  text.append(width, '0');
  for (std::size_t i = text.size(); value != 0; value /= 10) {
    text[--i] = static_cast<char>('0' + value % 10);
  }
}

// ".", one to six digits; or nothing.
Result<microseconds> ParseFraction(std::string_view text) {
  if (text.empty()) return microseconds(0);
  std::string digits(text.substr(1));
  if (text[0] != '.' || digits.empty() || digits.size() > 6 ||
      !std::all_of(digits.begin(), digits.end(), IsDigit)) {
    return NotATime();
  }
  digits.resize(6, '0');
  return microseconds(Number(digits));
}

}  // namespace

TimePoint SystemClock::Now() const { return floor<microseconds>(std::chrono::system_clock::now()); }

std::string FormatTime(TimePoint time) {
  time = std::clamp(time, kFirst, kLast);
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text;
  text.reserve(27);
  const auto add = [&text](std::int64_t value, std::size_t width, char after) {
    AppendNumber(text, value, width);
    text.push_back(after);
  };
  add(static_cast<int>(date.year()), 4, '-');
  add(static_cast<unsigned>(date.month()), 2, '-');
  add(static_cast<unsigned>(date.day()), 2, 'T');
  add(clock.hours().count(), 2, ':');
  add(clock.minutes().count(), 2, ':');
  add(clock.seconds().count(), 2, '.');
  add(clock.subseconds().count(), 6, 'Z');
  return text;
}

Result<TimePoint> ParseTime(std::string_view text) {
  if (text.size() <= kShape.size() || text.back() != 'Z') return NotATime();
  const std::string_view whole = text.substr(0, kShape.size());
  text.remove_suffix(1);
  if (!HasShape(whole)) return NotATime();
  const microseconds fraction = TRY(ParseFraction(text.substr(kShape.size())));
  const std::chrono::year_month_day date(
      std::chrono::year(static_cast<int>(Number(whole.substr(0, 4)))),
      std::chrono::month(static_cast<unsigned>(Number(whole.substr(5, 2)))),
      std::chrono::day(static_cast<unsigned>(Number(whole.substr(8, 2)))));
  const std::chrono::hours hours(Number(whole.substr(11, 2)));
  const std::chrono::minutes minutes(Number(whole.substr(14, 2)));
  const std::chrono::seconds seconds(Number(whole.substr(17, 2)));
  if (!date.ok() || hours.count() > 23 || minutes.count() > 59 || seconds.count() > 59) {
    return NotATime();
  }
  return sys_days(date) + hours + minutes + seconds + fraction;
}

}  // namespace vallum
