// SPDX-License-Identifier: Apache-2.0
// Tile paths of C2SP tlog-tiles: "x001/x234/067" is 1234067, "067.p/5" the first five of tile 67.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace vallum::rest {

inline constexpr unsigned kTileWidth = 256;

struct TilePath {
  std::uint64_t index = 0;
  unsigned width = kTileWidth;
};

/// ParseTilePath takes an index, perhaps with a partial tile's width; kNotFound for anything that is
/// not the one canonical form, as for a file that does not exist.
Result<TilePath> ParseTilePath(std::string_view text);
/// ParseTileLevel takes 0 to 63 without leading zeros; else kNotFound.
Result<unsigned> ParseTileLevel(std::string_view text);

}  // namespace vallum::rest
