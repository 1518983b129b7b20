// SPDX-License-Identifier: Apache-2.0
// The keeper: one thread that syncs bundles (all who wait share an fsync), then turns full bundles
// into hash tiles, then signs checkpoints. In this order, so that whatever a checkpoint covers is on
// the disk before it.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "audit/tile_log.h"
#include "audit/tile_writer.h"

namespace vallum::audit {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kTilesAtOnce = 64;

}  // namespace

void TileLog::Keep() {
  Lock lock(mutex_);
  Work last = Work::kWait;
  while (last != Work::kStop) {
    const Time now = std::chrono::steady_clock::now();
    // Callers who wait come first, but not so that the rest would never get its turn.
    const Work other = NextChore(now);
    const bool sync = SyncIsDue(now) && (last != Work::kSync || other == Work::kWait);
    last = sync ? Work::kSync : other;
    switch (last) {
      case Work::kWait:
        wake_.wait_until(lock, NextDeadline(now));
        break;
      case Work::kSync:
        SyncBundles(lock);
        break;
      case Work::kTile:
        FinishTiles(lock);
        break;
      case Work::kCheckpoint:
        MakeCheckpoint(lock);
        break;
      case Work::kStop:
        break;
    }
  }
}

bool TileLog::SyncIsDue(Time now) const {
  if (!dirty_since_ || lost_) return false;
  return stop_ || sync_wanted_ > synced_ || now >= *dirty_since_ + options_.sync_interval;
}

TileLog::Work TileLog::NextChore(Time now) const {
  const Work idle = stop_ && (!dirty_since_ || lost_) ? Work::kStop : Work::kWait;
  if (flushing_) return Work::kWait;
  if (failure_) return idle;
  if (!full_tiles_.empty()) {
    const bool on_disk = (full_tiles_.front().index + 1) * kTileWidth <= synced_;
    if (on_disk) return Work::kTile;
    return tickets_ > tickets_served_ ? Work::kSync : Work::kWait;
  }
  if (tickets_ > tickets_served_) return Work::kCheckpoint;
  if (size_ == checkpoint_size_ && !checkpoint_.empty()) return idle;
  if (stop_) return last_attempt_made_ ? idle : Work::kCheckpoint;
  return now >= next_checkpoint_ ? Work::kCheckpoint : Work::kWait;
}

TileLog::Time TileLog::NextDeadline(Time now) const {
  Time deadline = now + std::chrono::hours(1);
  if (lost_) return deadline;
  if (dirty_since_) deadline = std::min(deadline, *dirty_since_ + options_.sync_interval);
  if (!failure_ && full_tiles_.empty() && size_ > checkpoint_size_) {
    deadline = std::min(deadline, next_checkpoint_);
  }
  return deadline;
}

void TileLog::SyncBundles(Lock& lock) {
  const std::uint64_t size = size_;
  const std::vector<FileDescriptor> retired = std::exchange(retired_, {});
  const auto folders = std::exchange(new_folders_, {});
  // Only this thread closes bundles, so this one stays open while the lock is not held.
  const int last = bundle_.get();
  dirty_since_.reset();
  lock.unlock();
  Status status;
  const auto sync = [&status](int fd) {
    if (status && fd >= 0 && fdatasync(fd) != 0) status = ErrnoError(errno, "syncing entries");
  };
  for (const FileDescriptor& file : retired) sync(file.get());
  sync(last);
  for (const auto& folder : folders) {
    if (status) status = SyncDirectory(folder);
  }
  lock.lock();
  if (status) {
    synced_ = size;
  } else {
    // The kernel may have dropped the pages: that they can be read back proves nothing.
    lost_ = true;
    failure_.reset();
    Fail(std::move(status).error().WithContext("restart the server to find out what is left"));
  }
  progress_.notify_all();
}

void TileLog::FinishTiles(Lock& lock) {
  const std::vector<FullTile> tiles = NextTiles();
  TileEdge edge = edge_;
  std::vector<FullTile> upper;
  lock.unlock();
  Status status = StoreTiles(tiles);
  if (status) status = AddToEdge(edge, tiles, upper);
  for (const FullTile& tile : tiles) {
    if (status) RemovePartialTiles(tile.index, kTileWidth);
  }
  lock.lock();
  if (!status) {
    Fail(std::move(status).error());
  } else if (upper.empty()) {
    PublishTiles(std::move(edge), tiles.size());
  } else {
    FinishUpperTiles(std::move(edge), tiles.size(), std::move(upper));
  }
}

// Tiles whose entries are on the disk, up to the first that fills a tile above it.
std::vector<FullTile> TileLog::NextTiles() const {
  std::vector<FullTile> tiles;
  for (const FullTile& tile : full_tiles_) {
    if (tiles.size() == kTilesAtOnce || (tile.index + 1) * kTileWidth > synced_) break;
    tiles.push_back(tile);
    if ((tile.index + 1) % kTileWidth == 0) break;
  }
  return tiles;
}

Status TileLog::AddToEdge(TileEdge& edge, std::span<const FullTile> tiles,
                          std::vector<FullTile>& upper) const {
  for (const FullTile& tile : tiles) {
    const Hash root = TRY(TileRoot(crypto_.sha256, tile.hashes));
    TRY(edge.Add(crypto_.sha256, 1, root, [&upper](const FullTile& full) -> Status {
      upper.push_back(full);
      return {};
    }));
  }
  return {};
}

Status TileLog::StoreTiles(std::span<const FullTile> tiles) const {
  for (const FullTile& tile : tiles) {
    TRY(StoreTile(options_.directory, TilePath(tile.level, tile.index), tile.hashes));
  }
  return {};
}

void TileLog::PublishTiles(TileEdge edge, std::size_t count) {
  edge_ = std::move(edge);
  full_tiles_.erase(full_tiles_.begin(), full_tiles_.begin() + static_cast<std::ptrdiff_t>(count));
  progress_.notify_all();
}

// Recover looks no further back than the last tile of an upper level, so all below it must be on the
// disk first. That takes as long as others keep the disk busy, and nobody who syncs should wait for
// it: a thread of its own does it, once in 65536 entries.
void TileLog::FinishUpperTiles(TileEdge edge, std::size_t count, std::vector<FullTile> upper) {
  if (flusher_.joinable()) flusher_.join();
  flushing_ = true;
  flusher_ = std::thread([this, count, edge = std::move(edge), upper = std::move(upper)]() mutable {
    Status status = SyncFileSystem(options_.directory);
    if (status) status = StoreTiles(upper);
    if (status) status = SyncFileSystem(options_.directory);
    const std::lock_guard guard(mutex_);
    flushing_ = false;
    if (status) {
      PublishTiles(std::move(edge), count);
    } else {
      Fail(std::move(status).error());
    }
    wake_.notify_one();
  });
}

// Only when no full tile waits: the edge would lack it.
void TileLog::MakeCheckpoint(Lock& lock) {
  Snapshot snapshot{.size = size_, .ticket = tickets_, .edge = edge_};
  snapshot.edge.SetLevel(0, size_, leaves_);
  last_attempt_made_ = stop_;
  next_checkpoint_ = std::chrono::steady_clock::now() + options_.checkpoint_interval;
  if (dirty_since_) SyncBundles(lock);
  if (lost_) return;
  const auto callback = callback_;
  const std::string before = checkpoint_;
  const bool unchanged = !before.empty() && snapshot.size == checkpoint_size_;
  lock.unlock();
  Result<std::string> stored = unchanged ? before : StoreCheckpoint(snapshot);
  if (stored && !unchanged && callback) callback(snapshot.size);
  lock.lock();
  tickets_served_ = snapshot.ticket;
  checkpoint_error_.reset();
  if (stored) {
    checkpoint_ = *std::move(stored);
    checkpoint_size_ = snapshot.size;
  } else {
    checkpoint_error_ = stored.error();
    const Code code = stored.error().code();
    if (code == Code::kStorage || code == Code::kStorageFull) Fail(stored.error());
  }
  progress_.notify_all();
}

Result<std::string> TileLog::StoreCheckpoint(const Snapshot& snapshot) const {
  const TreeHead head{
      .origin = key_.name, .size = snapshot.size, .root = TRY(snapshot.edge.Root(crypto_.sha256))};
  const Bytes signature = TRY(crypto_.sign(AsBytes(FormatTreeHead(head))));
  const std::string text = FormatCheckpoint(head, key_, signature);
  // Kept so that verification can name the entry that was altered, not only say that one was.
  const auto leaves = snapshot.edge.Unfinished(0);
  const std::uint64_t index = snapshot.size / kTileWidth;
  if (!leaves.empty()) {
    TRY(StoreTile(options_.directory, PartialTilePath(index, leaves.size()), leaves));
  }
  TRY(WriteFileDurably(options_.directory / kCheckpointPath, AsBytes(text), 0600));
  RemovePartialTiles(index, leaves.size());
  return text;
}

// Best effort: one that stays is checked like any other.
void TileLog::RemovePartialTiles(std::uint64_t index, std::size_t except) const {
  const fs::path folder = (options_.directory / PartialTilePath(index, 1)).parent_path();
  std::error_code error;
  if (except == kTileWidth) {
    fs::remove_all(folder, error);
    return;
  }
  std::vector<fs::path> old;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename() != std::to_string(except)) old.push_back(at->path());
  }
  for (const auto& path : old) fs::remove(path, error);
}

}  // namespace vallum::audit
