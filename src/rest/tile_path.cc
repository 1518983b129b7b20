// SPDX-License-Identifier: Apache-2.0
#include "rest/tile_path.h"

#include <algorithm>

namespace vallum::rest {
namespace {

constexpr std::size_t kGroupDigits = 3;
constexpr std::size_t kMaxGroups = 6;  // 10^18 still fits

bool AreDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

unsigned Value(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

Error NoSuchTile() {
  return NotFound("no such tile; paths are those of C2SP tlog-tiles, such as 0/x001/234");
}

// A number of at most three digits without leading zeros.
Result<unsigned> ParseSmall(std::string_view text, unsigned most) {
  if (!AreDigits(text) || text.size() > kGroupDigits || (text.size() > 1 && text[0] == '0') ||
      Value(text) > most) {
    return NoSuchTile();
  }
  return Value(text);
}

}  // namespace

Result<unsigned> ParseTileLevel(std::string_view text) {
  constexpr unsigned kMaxLevel = 63;
  return ParseSmall(text, kMaxLevel);
}

Result<TilePath> ParseTilePath(std::string_view text) {
  TilePath tile;
  if (const std::size_t partial = text.find(".p/"); partial != std::string_view::npos) {
    tile.width = TRY(ParseSmall(text.substr(partial + 3), kTileWidth - 1));
    if (tile.width == 0) return NoSuchTile();
    text = text.substr(0, partial);
  }
  for (std::size_t group = 0; group < kMaxGroups; ++group) {
    const std::size_t slash = text.find('/');
    const bool last = slash == std::string_view::npos;
    std::string_view digits = text.substr(0, slash);
    if (!last) {
      if (!digits.starts_with('x')) return NoSuchTile();
      digits.remove_prefix(1);
    }
    if (digits.size() != kGroupDigits || !AreDigits(digits)) return NoSuchTile();
    const bool leading_zero_group = group == 0 && !last && digits == "000";
    if (leading_zero_group) return NoSuchTile();
    tile.index = tile.index * 1000 + Value(digits);
    if (last) return tile;
    text.remove_prefix(slash + 1);
  }
  return NoSuchTile();
}

}  // namespace vallum::rest
