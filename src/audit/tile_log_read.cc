// SPDX-License-Identifier: Apache-2.0
// What the log serves to readers: from memory what is unfinished, from files the rest.
#include <algorithm>

#include "audit/tile_log.h"

namespace vallum::audit {
namespace {

Error PastTheEnd(const std::string& path) {
  return NotFound("the audit log has no " + path + " yet; ask for less");
}

Status CheckWidth(unsigned width) {
  if (width >= 1 && width <= kTileWidth) return {};
  return InvalidArgument("a tile's width is from 1 to 256");
}

Result<Bytes> FirstHashes(std::span<const Hash> hashes, unsigned width, const std::string& path) {
  if (hashes.size() < width) return PastTheEnd(path);
  return TileBytes(hashes.first(width));
}

}  // namespace

Result<Bytes> TileLog::ReadTile(unsigned level, std::uint64_t index, unsigned width) {
  TRY(CheckWidth(width));
  const std::string path = TilePath(level, index);
  {
    const std::lock_guard guard(mutex_);
    const std::uint64_t count = level == 0 ? size_ : edge_.Count(level);
    if (index > count / kTileWidth) return PastTheEnd(path);
    if (index == count / kTileWidth) {
      return FirstHashes(level == 0 ? leaves_ : edge_.Unfinished(level), width, path);
    }
    const auto waiting =
        std::find_if(full_tiles_.begin(), full_tiles_.end(),
                     [&](const auto& tile) { return tile.level == level && tile.index == index; });
    if (waiting != full_tiles_.end()) return FirstHashes(waiting->hashes, width, path);
  }
  Bytes bytes = TRY(ReadFile(options_.directory / path));
  if (bytes.size() != kTileBytes) return Integrity(path + " is not a whole tile; verify the log");
  bytes.resize(width * kHashSize);
  return bytes;
}

Result<Bytes> TileLog::ReadEntries(std::uint64_t index, unsigned width) {
  TRY(CheckWidth(width));
  const std::string path = EntriesPath(index);
  if (index > size() / kTileWidth || index * kTileWidth + width > size()) return PastTheEnd(path);
  Bytes bytes = TRY(ReadFile(options_.directory / path, kMaxBundleBytes));
  const Bundle bundle = SplitBundle(bytes);
  if (bundle.entries.size() < width) {
    return Integrity(path + " lacks entries that were written; verify the log");
  }
  const ByteSpan last = bundle.entries[width - 1];
  bytes.resize(static_cast<std::size_t>(last.data() + last.size() - bytes.data()));
  return bytes;
}

Result<std::string> TileLog::ReadCheckpoint() {
  const std::lock_guard guard(mutex_);
  if (checkpoint_.empty()) return NotFound("the audit log has no checkpoint yet; wait a second");
  return checkpoint_;
}

Result<std::string> TileLog::ReadEntry(std::uint64_t index) {
  const auto width = static_cast<unsigned>(index % kTileWidth + 1);
  const Bytes bytes = TRY(ReadEntries(index / kTileWidth, width));
  const Bundle bundle = SplitBundle(bytes);
  return std::string(AsText(bundle.entries[width - 1]));
}

}  // namespace vallum::audit
