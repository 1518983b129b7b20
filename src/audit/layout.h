// SPDX-License-Identifier: Apache-2.0
// Where things are in a log's folder (C2SP tlog-tiles paths), and what a bundle of entries looks
// like. Internal to src/audit. docs/formats/audit-log.md
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit_log.h"
#include "base/bytes.h"

namespace vallum::audit {

inline constexpr std::size_t kTileWidth = 256;
inline constexpr std::size_t kHashSize = sizeof(Hash);
inline constexpr std::size_t kTileBytes = kTileWidth * kHashSize;
inline constexpr std::size_t kMaxEntrySize = 65535;
inline constexpr std::size_t kMaxBundleBytes = kTileWidth * (kMaxEntrySize + 2);

/// Paths are relative to the log's folder: "tile/0/x001/234", "tile/entries/000",
/// "tile/0/000.p/17".
std::string TilePath(unsigned level, std::uint64_t index);
std::string EntriesPath(std::uint64_t index);
std::string PartialTilePath(std::uint64_t index, std::size_t width);
inline constexpr std::string_view kCheckpointPath = "checkpoint";
inline constexpr std::string_view kLockPath = "lock";
/// base/file.h writes under names that begin so before it renames.
inline constexpr std::string_view kTemporaryPrefix = ".vallum-";

/// PlacedTile says what a path under tile/ is; nothing for a path that no log has.
struct PlacedTile {
  std::optional<unsigned> level;  ///< absent: a bundle of entries
  std::uint64_t index = 0;
  std::size_t width = kTileWidth;  ///< less for a partial tile
};
std::optional<PlacedTile> ParseTilePath(std::string_view path);

/// Bundle is what SplitBundle found: whole entries, and how many bytes they and their length
/// prefixes take. Views into the bytes given. `used` < bytes.size() when something follows that is
/// no entry.
struct Bundle {
  std::vector<ByteSpan> entries;
  std::size_t used = 0;
};
Bundle SplitBundle(ByteSpan bytes);

/// IsTornTail says whether bytes after the last whole entry are what a crash leaves: a part of one
/// entry, zeros where the file grew before its data came, or one followed by the other.
bool IsTornTail(ByteSpan rest);

/// Hashes and the bytes of a tile.
Bytes TileBytes(std::span<const Hash> hashes);
/// ParseTile is empty unless `bytes` is exactly `width` hashes.
std::vector<Hash> ParseTile(ByteSpan bytes, std::size_t width);

}  // namespace vallum::audit
