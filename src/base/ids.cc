// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <algorithm>

namespace vallum {
namespace {

constexpr std::size_t kTextSize = 36;

constexpr bool IsHyphen(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

Error NotAUuid() {
  return InvalidArgument(
      "an id is not a UUID; write 32 hexadecimal digits as 8-4-4-4-12 with hyphens");
}

}  // namespace

std::array<std::uint8_t, 16> MakeUuidV7(TimePoint time, std::span<const std::uint8_t, 10> random) {
  const auto since_epoch =
      std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  const auto milliseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(since_epoch, 0));
  std::array<std::uint8_t, 16> bytes;
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  }
  std::copy(random.begin(), random.end(), bytes.begin() + 6);
  bytes[6] = static_cast<std::uint8_t>(0x70 | (bytes[6] & 0x0f));  // version
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));  // variant
  return bytes;
}

std::string FormatUuid(const std::array<std::uint8_t, 16>& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(kTextSize, '-');
  std::size_t position = 0;
  for (const std::uint8_t byte : bytes) {
    if (IsHyphen(position)) ++position;
    text[position++] = kDigits[byte >> 4];
    text[position++] = kDigits[byte & 15];
  }
  return text;
}

Result<std::array<std::uint8_t, 16>> ParseUuid(std::string_view text) {
  if (text.size() != kTextSize) return NotAUuid();
  std::string digits;
  digits.reserve(32);
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (IsHyphen(i) != (text[i] == '-')) return NotAUuid();
    if (!IsHyphen(i)) digits.push_back(text[i]);
  }
  const auto bytes = FromHex(digits);
  if (!bytes) return NotAUuid();
  std::array<std::uint8_t, 16> id{};
  std::copy(bytes->begin(), bytes->end(), id.begin());
  return id;
}

}  // namespace vallum
