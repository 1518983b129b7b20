// SPDX-License-Identifier: Apache-2.0
// Strong identifier types: a key id is not a request id, and neither is a string.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace vallum {

/// Uuid is a 128-bit identifier (RFC 9562) tagged with what it identifies.
template <typename Tag>
class Uuid {
 public:
  constexpr Uuid() = default;
  explicit constexpr Uuid(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}

  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  auto operator<=>(const Uuid&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

using KeyId = Uuid<struct KeyIdTag>;
using RequestId = Uuid<struct RequestIdTag>;

/// MakeUuidV7 lays out RFC 9562 section 5.7 from a time and 10 random bytes of the caller's, so that
/// base needs no generator of its own.
std::array<std::uint8_t, 16> MakeUuidV7(TimePoint time, std::span<const std::uint8_t, 10> random);

/// FormatUuid gives the 36-character lower-case form; ParseUuid accepts it in either case,
/// any version and variant; else kInvalidArgument.
std::string FormatUuid(const std::array<std::uint8_t, 16>& bytes);
Result<std::array<std::uint8_t, 16>> ParseUuid(std::string_view text);

template <typename Tag>
std::string ToString(const Uuid<Tag>& id) {
  return FormatUuid(id.bytes());
}

}  // namespace vallum

template <typename Tag>
struct std::hash<vallum::Uuid<Tag>> {
  std::size_t operator()(const vallum::Uuid<Tag>& id) const noexcept {
    std::size_t value = 0;  // the tail of a version 7 UUID is random
    for (std::size_t i = 8; i < 16; ++i) value = value << 8 | id.bytes()[i];
    return value;
  }
};
