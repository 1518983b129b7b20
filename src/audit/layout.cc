// SPDX-License-Identifier: Apache-2.0
#include "audit/layout.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace vallum::audit {
namespace {

constexpr unsigned kMaxLevel = 63;

std::string ThreeDigits(std::uint64_t number) {
  std::string text(3, '0');
  for (std::size_t i = 3; i-- > 0; number /= 10) text[i] = static_cast<char>('0' + number % 10);
  return text;
}

// 1234067 is "x001/x234/067".
std::string IndexPath(std::uint64_t index) {
  std::string path = ThreeDigits(index % 1000);
  for (index /= 1000; index != 0; index /= 1000)
    path = "x" + ThreeDigits(index % 1000) + "/" + path;
  return path;
}

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> ParseIndex(std::string_view text) {
  std::string digits;
  for (const char character : text) {
    if (character != 'x' && character != '/') digits.push_back(character);
  }
  return ParseNumber(digits);
}

std::string PathOf(const PlacedTile& tile) {
  if (!tile.level) return EntriesPath(tile.index);
  if (tile.width < kTileWidth) return PartialTilePath(tile.index, tile.width);
  return TilePath(*tile.level, tile.index);
}

// The size of the entry at the front, if its length prefix is there and is no zero.
std::optional<std::size_t> ClaimedSize(ByteSpan bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto size = static_cast<std::size_t>(bytes[0] << 8 | bytes[1]);
  if (size == 0) return std::nullopt;
  return size;
}

bool LooksLikeEntry(ByteSpan entry) {
  return entry.size() >= 2 && entry.front() == '{' && entry.back() == '}';
}

}  // namespace

std::string TilePath(unsigned level, std::uint64_t index) {
  return "tile/" + std::to_string(level) + "/" + IndexPath(index);
}

std::string EntriesPath(std::uint64_t index) { return "tile/entries/" + IndexPath(index); }

std::string PartialTilePath(std::uint64_t index, std::size_t width) {
  return TilePath(0, index) + ".p/" + std::to_string(width);
}

std::optional<PlacedTile> ParseTilePath(std::string_view path) {
  constexpr std::string_view kTile = "tile/";
  if (!path.starts_with(kTile)) return std::nullopt;
  std::string_view rest = path.substr(kTile.size());
  const std::string_view kind = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(rest.size(), kind.size() + 1));
  PlacedTile tile;
  if (kind != "entries") {
    const auto level = ParseNumber(kind);
    if (!level || *level > kMaxLevel) return std::nullopt;
    tile.level = static_cast<unsigned>(*level);
  }
  if (const auto dot = rest.find(".p/"); dot != std::string_view::npos) {
    tile.width = ParseNumber(rest.substr(dot + 3)).value_or(kTileWidth);
    rest = rest.substr(0, dot);
  }
  const auto index = ParseIndex(rest);
  if (!index) return std::nullopt;
  tile.index = *index;
  // One path for each tile: anything that merely resembles it is not the log's.
  if (PathOf(tile) != path) return std::nullopt;
  return tile;
}

Bundle SplitBundle(ByteSpan bytes) {
  Bundle bundle;
  while (bundle.entries.size() < kTileWidth) {
    const ByteSpan rest = bytes.subspan(bundle.used);
    const auto size = ClaimedSize(rest);
    if (!size || *size > rest.size() - 2) break;
    const ByteSpan entry = rest.subspan(2, *size);
    if (!LooksLikeEntry(entry)) break;
    bundle.entries.push_back(entry);
    bundle.used += 2 + *size;
  }
  return bundle;
}

bool IsTornTail(ByteSpan rest) {
  ByteSpan written = rest;
  while (!written.empty() && written.back() == 0) written = written.first(written.size() - 1);
  const auto size = ClaimedSize(written);
  return !size || *size > written.size() - 2;
}

Bytes TileBytes(std::span<const Hash> hashes) {
  Bytes bytes(hashes.size() * kHashSize);
  if (!hashes.empty()) std::memcpy(bytes.data(), hashes.data(), bytes.size());
  return bytes;
}

std::vector<Hash> ParseTile(ByteSpan bytes, std::size_t width) {
  if (bytes.size() != width * kHashSize) return {};
  std::vector<Hash> hashes(width);
  std::memcpy(hashes.data(), bytes.data(), bytes.size());
  return hashes;
}

}  // namespace vallum::audit
