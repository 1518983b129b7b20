// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace vallum::internal {
namespace {

std::string Encode(unsigned point) {
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  const auto tail = [&](unsigned shift) { return byte(0x80 | (point >> shift & 0x3f)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xc0 | point >> 6), tail(0)};
  if (point < 0x10000) return {byte(0xe0 | point >> 12), tail(6), tail(0)};
  return {byte(0xf0 | point >> 18), tail(12), tail(6), tail(0)};
}

TEST(Utf8Test, AcceptsExactlyTheScalarValues) {
  for (unsigned point = 0; point < 0x120000; ++point) {
    const std::string text = Encode(point);
    const bool scalar = point < 0x110000 && (point < 0xd800 || point > 0xdfff);
    ASSERT_EQ(FirstInvalidUtf8(text) == text.size(), scalar) << std::hex << point;
  }
}

TEST(Utf8Test, FindsTheOffsetAmongLongAscii) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    text[at] = '\xff';
    EXPECT_EQ(FirstInvalidUtf8(text), at);
  }
}

TEST(Utf8Test, RefusesOverlongAndTruncatedSequences) {
  for (const char* text : {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\x80",
                           "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xf5\x80\x80\x80", "\xc3("}) {
    EXPECT_EQ(FirstInvalidUtf8(text), 0U) << text;
  }
}

}  // namespace
}  // namespace vallum::internal
