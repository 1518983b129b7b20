// SPDX-License-Identifier: Apache-2.0
#include "cli/audit_tiles.h"

#include <fmt/format.h>

#include <charconv>

namespace vallum::cli {

std::string TileIndex(std::uint64_t index) {
  std::string out = fmt::format("{:03}", index % 1000);
  for (index /= 1000; index > 0; index /= 1000) out = fmt::format("x{:03}/", index % 1000) + out;
  return out;
}

std::vector<AuditTile> EntryBundles(std::uint64_t first, std::uint64_t size) {
  std::vector<AuditTile> out;
  for (std::uint64_t index = first / kAuditTileWidth; index * kAuditTileWidth < size; ++index) {
    const std::uint64_t width = std::min(size - index * kAuditTileWidth, kAuditTileWidth);
    const std::string path = "tile/entries/" + TileIndex(index);
    out.push_back({width == kAuditTileWidth ? path : fmt::format("{}.p/{}", path, width), path});
  }
  return out;
}

std::vector<AuditTile> HashTiles(std::uint64_t size) {
  std::vector<AuditTile> out;
  unsigned level = 0;
  for (std::uint64_t full = size / kAuditTileWidth; full > 0; full /= kAuditTileWidth) {
    for (std::uint64_t index = 0; index < full; ++index) {
      const std::string path = fmt::format("tile/{}/{}", level, TileIndex(index));
      out.push_back({path, path});
    }
    ++level;
  }
  if (const std::uint64_t rest = size % kAuditTileWidth; rest != 0) {
    const std::string path = fmt::format("tile/0/{}.p/{}", TileIndex(size / kAuditTileWidth), rest);
    out.push_back({path, path});
  }
  return out;
}

Result<std::uint64_t> CheckpointSize(std::string_view checkpoint) {
  const std::size_t start = checkpoint.find('\n');
  const std::size_t end = start == checkpoint.npos ? start : checkpoint.find('\n', start + 1);
  std::uint64_t size = 0;
  if (end != checkpoint.npos) {
    const char* last = checkpoint.data() + end;
    const auto [stop, error] = std::from_chars(checkpoint.data() + start + 1, last, size);
    if (error == std::errc() && stop == last && stop != checkpoint.data() + start + 1) return size;
  }
  return Integrity("the checkpoint has no size in its second line; fetch it again");
}

Result<std::vector<std::string>> SplitEntries(ByteSpan bundle) {
  std::vector<std::string> out;
  ByteReader reader(bundle);
  while (reader.remaining() > 0) {
    const std::uint16_t size = TRY(reader.ReadBe16());
    out.emplace_back(AsText(TRY(reader.ReadBytes(size))));
  }
  return out;
}

}  // namespace vallum::cli
