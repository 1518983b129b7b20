// SPDX-License-Identifier: Apache-2.0
// The checkpoint is the anchor: tiles before it are loaded and their root compared with it, entries
// after it are read again. So opening costs what was written in the last second, not the whole log;
// entries before the checkpoint's last bundle are left to `vallum audit verify`.
#include "audit/recovery.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "audit/tile_writer.h"
#include "base/file.h"

namespace vallum::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFewBundles = 64;
constexpr std::string_view kRestore = "; restore the log from a backup";

Error Damaged(std::string what) { return Integrity(what.append(kRestore)); }

class Recovery {
 public:
  Recovery(fs::path folder, const Crypto& crypto, const NoteKey& key)
      : folder_(std::move(folder)), crypto_(crypto), key_(key) {}

  Result<RecoveredLog> Run(std::uint64_t minimum_size);

 private:
  Status ReadCheckpoint();
  Status LoadEdge();
  Status LoadLevel(unsigned level, std::uint64_t count);
  Result<std::vector<Hash>> LoadTile(unsigned level, std::uint64_t index);
  Status RestoreTiles();
  Status ReplayBundles();
  Result<bool> ReplayBundle(std::uint64_t index);
  Status AddEntries(const Bundle& bundle);
  Status CheckRootIfReached();
  Status FinishBundle(std::uint64_t index);
  Status CutTail(std::uint64_t index, const Bundle& bundle, ByteSpan bytes);
  Status SyncBundles() const;
  Status RemoveBundlesFrom(std::uint64_t index);
  Status RemoveTemporaries(const fs::path& subfolder);

  const fs::path folder_;
  const Crypto& crypto_;
  const NoteKey& key_;
  TreeHead anchor_;
  bool anchored_ = false;
  std::vector<FullTile> torn_tiles_;  ///< to be written again
  std::vector<fs::path> replayed_;    ///< bundles
  RecoveredLog log_;
};

Status Recovery::ReadCheckpoint() {
  auto text = ReadFile(folder_ / kCheckpointPath);
  if (!text && text.error().code() == Code::kNotFound) return {};
  if (!text) return text.error();
  log_.checkpoint = AsText(*text);
  const SignedTreeHead checkpoint = TRY(ParseCheckpoint(log_.checkpoint));
  if (checkpoint.head.origin != key_.name) {
    return Integrity("the log is that of \"" + checkpoint.head.origin + "\", not of \"" +
                     key_.name + "\"; name the right folder");
  }
  // Ed25519 is deterministic, so whoever can sign can also check.
  if (TRY(checkpoint.Find(key_)) != TRY(crypto_.sign(AsBytes(checkpoint.text)))) {
    return Damaged("the checkpoint's signature is wrong");
  }
  anchor_ = checkpoint.head;
  anchored_ = true;
  log_.checkpoint_size = anchor_.size;
  return {};
}

Status Recovery::LoadEdge() {
  for (unsigned level = 1; anchor_.size >> 8 * level != 0; ++level) {
    TRY(LoadLevel(level, anchor_.size >> 8 * level));
  }
  return {};
}

Status Recovery::LoadLevel(unsigned level, std::uint64_t count) {
  std::vector<Hash> unfinished;
  for (std::uint64_t index = count - count % kTileWidth; index < count; ++index) {
    const std::vector<Hash> hashes = TRY(LoadTile(level - 1, index));
    unfinished.push_back(TRY(TileRoot(crypto_.sha256, hashes)));
  }
  log_.edge.SetLevel(level, count, std::move(unfinished));
  return {};
}

Result<std::vector<Hash>> Recovery::LoadTile(unsigned level, std::uint64_t index) {
  const std::string path = TilePath(level, index);
  const auto bytes = ReadFile(folder_ / path);
  if (bytes && !IsTornTile(*bytes, kTileWidth)) return ParseTile(*bytes, kTileWidth);
  if (level > 0) return Damaged(path + " is missing or not a whole tile");
  // Made again from the entries; the checkpoint's root will tell whether they are the right ones.
  const auto entries = ReadFile(folder_ / EntriesPath(index), kMaxBundleBytes);
  const Bundle bundle = SplitBundle(entries ? *entries : ByteSpan());
  if (bundle.entries.size() < kTileWidth) {
    return Damaged(path + " and entries of " + EntriesPath(index) + " are missing");
  }
  FullTile tile{.level = 0, .index = index, .hashes = {}};
  for (const ByteSpan entry : bundle.entries) {
    tile.hashes.push_back(TRY(LeafHash(crypto_.sha256, entry)));
  }
  torn_tiles_.push_back(tile);
  return tile.hashes;
}

Status Recovery::ReplayBundles() {
  std::uint64_t index = anchor_.size / kTileWidth;
  log_.size = index * kTileWidth;
  TRY(CheckRootIfReached());
  while (TRY(ReplayBundle(index))) ++index;
  if (log_.size < anchor_.size) {
    return Damaged("the log was cut off: its checkpoint counts " + std::to_string(anchor_.size) +
                   " entries, " + std::to_string(log_.size) + " are left");
  }
  std::error_code error;
  if (fs::exists(folder_ / TilePath(0, index), error)) {
    return Damaged("the log was cut off: " + EntriesPath(index) + " lacks entries that " +
                   TilePath(0, index) + " has");
  }
  return RemoveBundlesFrom(index + 1);
}

// True when the bundle is full, so that there may be another.
Result<bool> Recovery::ReplayBundle(std::uint64_t index) {
  const auto bytes = ReadFile(folder_ / EntriesPath(index), kMaxBundleBytes);
  if (!bytes && bytes.error().code() == Code::kNotFound) return false;
  if (!bytes) return bytes.error();
  const Bundle bundle = SplitBundle(*bytes);
  TRY(AddEntries(bundle));
  if (bundle.used < bytes->size()) TRY(CutTail(index, bundle, *bytes));
  replayed_.push_back(folder_ / EntriesPath(index));
  log_.bundle_bytes = bundle.used;
  if (bundle.entries.size() < kTileWidth) return false;
  TRY(FinishBundle(index));
  return true;
}

Status Recovery::AddEntries(const Bundle& bundle) {
  for (const ByteSpan entry : bundle.entries) {
    log_.leaves.push_back(TRY(LeafHash(crypto_.sha256, entry)));
    ++log_.size;
    TRY(CheckRootIfReached());
  }
  return {};
}

Status Recovery::CheckRootIfReached() {
  if (!anchored_ || log_.size != anchor_.size) return {};
  TileEdge edge = log_.edge;
  edge.SetLevel(0, log_.size, log_.leaves);
  if (TRY(edge.Root(crypto_.sha256)) == anchor_.root) return RestoreTiles();
  return Damaged("the log does not match its checkpoint of " + std::to_string(anchor_.size) +
                 " entries; vallum audit verify says where");
}

Status Recovery::RestoreTiles() {
  for (const FullTile& tile : torn_tiles_) {
    TRY(StoreTile(folder_, TilePath(tile.level, tile.index), tile.hashes));
  }
  if (log_.leaves.empty()) return {};
  const std::string path = PartialTilePath(anchor_.size / kTileWidth, log_.leaves.size());
  const auto partial = ReadFile(folder_ / path);
  if (partial && *partial == TileBytes(log_.leaves)) return {};
  return StoreTile(folder_, path, log_.leaves);
}

Status Recovery::FinishBundle(std::uint64_t index) {
  const auto tile = ReadFile(folder_ / TilePath(0, index));
  if (tile && !IsTornTile(*tile, kTileWidth) && *tile != TileBytes(log_.leaves)) {
    return Damaged(EntriesPath(index) + " does not match " + TilePath(0, index));
  }
  log_.full_tiles.push_back({.level = 0, .index = index, .hashes = std::move(log_.leaves)});
  log_.leaves.clear();
  log_.bundle_bytes = 0;
  return {};
}

Status Recovery::CutTail(std::uint64_t index, const Bundle& bundle, ByteSpan bytes) {
  const fs::path path = folder_ / EntriesPath(index);
  if (bundle.entries.size() == kTileWidth || !IsTornTail(bytes.subspan(bundle.used))) {
    return Damaged(EntriesPath(index) + " has no entry " + std::to_string(log_.size) + " at byte " +
                   std::to_string(bundle.used) + " but something else");
  }
  if (log_.size < anchor_.size) return {};  // told by the caller, with the numbers
  if (truncate(path.c_str(), static_cast<off_t>(bundle.used)) == 0) return {};
  return ErrnoError(errno, "cutting an incomplete entry off " + path.string());
}

// What a killed process had written is in the page cache, and not necessarily further.
Status Recovery::SyncBundles() const {
  if (replayed_.size() > kFewBundles) return SyncFileSystem(folder_);
  std::set<fs::path> folders;
  for (const fs::path& path : replayed_) {
    const FileDescriptor file(open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!file.valid()) return ErrnoError(errno, "opening " + path.string());
    if (fdatasync(file.get()) != 0) return ErrnoError(errno, "syncing " + path.string());
    folders.insert(path.parent_path());
  }
  for (const fs::path& folder : folders) TRY(SyncDirectory(folder));
  return {};
}

// A bundle is synced before the next one is, so these hold nothing that anybody relies on.
Status Recovery::RemoveBundlesFrom(std::uint64_t index) {
  for (;; ++index) {
    const fs::path path = folder_ / EntriesPath(index);
    if (unlink(path.c_str()) == 0) continue;
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return ErrnoError(errno, "removing " + path.string());
  }
}

Status Recovery::RemoveTemporaries(const fs::path& subfolder) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator at(subfolder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename().string().starts_with(kTemporaryPrefix)) found.push_back(at->path());
  }
  for (const auto& path : found) {
    if (unlink(path.c_str()) != 0) return ErrnoError(errno, "removing " + path.string());
  }
  return {};
}

Result<RecoveredLog> Recovery::Run(std::uint64_t minimum_size) {
  TRY(ReadCheckpoint());
  TRY(LoadEdge());
  TRY(ReplayBundles());
  TRY(SyncBundles());
  if (log_.size < minimum_size) {
    return Damaged("the log was cut off: the store remembers " + std::to_string(minimum_size) +
                   " entries, " + std::to_string(log_.size) + " are left");
  }
  TRY(RemoveTemporaries(folder_));
  for (unsigned level = 0; log_.size >> 8 * level != 0; ++level) {
    const fs::path tile = folder_ / TilePath(level, log_.size >> 8 * (level + 1));
    TRY(RemoveTemporaries(tile.parent_path()));
  }
  return std::move(log_);
}

}  // namespace

Result<RecoveredLog> Recover(const fs::path& folder, const Crypto& crypto, const NoteKey& key,
                             std::uint64_t minimum_size) {
  return Recovery(folder, crypto, key).Run(minimum_size);
}

}  // namespace vallum::audit
