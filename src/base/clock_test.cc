// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include "base/test_matchers.h"

namespace vallum {
namespace {

using std::chrono::microseconds;
using std::chrono::sys_days;
using std::chrono::year;
using testing::Eq;

TEST(ClockTest, SystemClockIsInThisCentury) {
  const TimePoint now = SystemClock().Now();
  EXPECT_GT(now, TimePoint(sys_days(year(2024) / 1 / 1)));
  EXPECT_LT(now, TimePoint(sys_days(year(2100) / 1 / 1)));
}

TEST(ClockTest, FormatsInUtcWithMicroseconds) {
  EXPECT_EQ(FormatTime(TimePoint()), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(FormatTime(TimePoint(microseconds(1769860805000042))), "2026-01-31T12:00:05.000042Z");
}

TEST(ClockTest, FormatsTimesBeforeTheEpoch) {
  EXPECT_EQ(FormatTime(TimePoint(microseconds(-1))), "1969-12-31T23:59:59.999999Z");
}

TEST(ClockTest, FormatsTheFirstAndLastMomentForTimesWithoutForm) {
  EXPECT_EQ(FormatTime(TimePoint::min()), "0000-01-01T00:00:00.000000Z");
  EXPECT_EQ(FormatTime(TimePoint::max()), "9999-12-31T23:59:59.999999Z");
}

TEST(ClockTest, ParsesWhatItFormats) {
  for (const std::int64_t count : {0L, 1L, -1L, 1769860805000042L, 951782400000000L}) {
    const TimePoint time{microseconds(count)};
    EXPECT_THAT(ParseTime(FormatTime(time)), IsOkAnd(Eq(time)));
  }
}

TEST(ClockTest, ParsesFewerFractionalDigits) {
  const TimePoint whole = sys_days(year(2026) / 1 / 31);
  EXPECT_THAT(ParseTime("2026-01-31T00:00:00Z"), IsOkAnd(Eq(whole)));
  EXPECT_THAT(ParseTime("2026-01-31T00:00:00.5Z"), IsOkAnd(Eq(whole + microseconds(500000))));
  EXPECT_THAT(ParseTime("2026-01-31T00:00:00.00001Z"), IsOkAnd(Eq(whole + microseconds(10))));
}

TEST(ClockTest, ParsesTheLeapDay) {
  EXPECT_THAT(ParseTime("2024-02-29T00:00:00Z"), IsOk());
  EXPECT_THAT(ParseTime("2023-02-29T00:00:00Z"), IsError(Code::kInvalidArgument));
  EXPECT_THAT(ParseTime("2100-02-29T00:00:00Z"), IsError(Code::kInvalidArgument));
}

TEST(ClockTest, RefusesWhatIsNotRfc3339InUtc) {
  for (const char* text : {"",
                           "Z",
                           "2026-01-31",
                           "2026-01-31T12:00:00",
                           "2026-01-31T12:00:00+00:00",
                           "2026-01-31 12:00:00Z",
                           "2026-01-31t12:00:00z",
                           "2026-1-31T12:00:00Z",
                           "2026-01-31T12:00:00.Z",
                           "2026-01-31T12:00:00.1234567Z",
                           "2026-01-31T12:00:00,5Z",
                           "2026-01-31T12:00:00.5xZ",
                           "2026-13-01T12:00:00Z",
                           "2026-00-01T12:00:00Z",
                           "2026-01-32T12:00:00Z",
                           "2026-01-00T12:00:00Z",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T12:60:00Z",
                           "2026-01-31T12:00:60Z",
                           "+026-01-31T12:00:00Z",
                           "2026-01-31T12:00:00ZZ",
                           " 2026-01-31T12:00:00Z"}) {
    EXPECT_THAT(ParseTime(text), IsError(Code::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace vallum
