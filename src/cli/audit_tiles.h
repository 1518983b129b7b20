// SPDX-License-Identifier: Apache-2.0
// The audit log as the server hands it out: C2SP tlog-tiles paths under /v1/audit, and their copy in
// a folder that `vallum audit verify` reads (docs/formats/audit-log.md).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vallum::cli {

inline constexpr std::uint64_t kAuditTileWidth = 256;

/// TileIndex writes an index as C2SP does: 1234067 is "x001/x234/067".
std::string TileIndex(std::uint64_t index);

/// AuditTile is one piece of a log of a given size: where it is fetched, and its place in the folder.
struct AuditTile {
  std::string target;  ///< below /v1/audit/
  std::string file;    ///< relative to the folder
};
/// EntryBundles lists the bundles that hold entries `first` to `size` - 1; the last may be partial.
std::vector<AuditTile> EntryBundles(std::uint64_t first, std::uint64_t size);
/// HashTiles lists the tiles of hashes of a log of `size` entries: the full ones of every level, and
/// the unfinished one of the lowest.
std::vector<AuditTile> HashTiles(std::uint64_t size);

/// CheckpointSize is the number of entries that a checkpoint's text (C2SP tlog-checkpoint) speaks for.
Result<std::uint64_t> CheckpointSize(std::string_view checkpoint);

/// SplitEntries takes a bundle apart: big-endian 16-bit length before each entry.
Result<std::vector<std::string>> SplitEntries(ByteSpan bundle);

}  // namespace vallum::cli
