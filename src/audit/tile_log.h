// SPDX-License-Identifier: Apache-2.0
// TileLog: the AuditLog on a folder. Internal to src/audit.
//
// Callers' threads encode, hash and write one entry each, in turn; everything else (fsync, hash
// tiles, the upper tree, checkpoints) is the work of one thread of the log, the keeper.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "audit/audit_log.h"
#include "audit/merkle.h"
#include "audit/note.h"
#include "audit/recovery.h"
#include "base/file.h"
#include "base/lock_file.h"

namespace vallum::audit {

class TileLog final : public AuditLog {
 public:
  static Result<std::unique_ptr<TileLog>> Open(Options options, Crypto crypto, const Clock& clock);
  ~TileLog() override;

  Result<std::uint64_t> Append(const Record& record) override;
  Status Sync(std::uint64_t index) override;
  Result<std::string> Checkpoint() override;
  void OnCheckpoint(std::function<void(std::uint64_t size)> callback) override;
  std::uint64_t size() const override;
  Status health() const override;
  Status Reopen() override;
  Result<Bytes> ReadTile(unsigned level, std::uint64_t index, unsigned width) override;
  Result<Bytes> ReadEntries(std::uint64_t index, unsigned width) override;
  Result<std::string> ReadCheckpoint() override;
  Result<std::string> ReadEntry(std::uint64_t index) override;
  std::string VerifierKey() const override { return FormatNoteKey(key_); }

 private:
  using Lock = std::unique_lock<std::mutex>;
  using Time = std::chrono::steady_clock::time_point;
  enum class Work : std::uint8_t { kWait, kSync, kTile, kCheckpoint, kStop };

  /// Snapshot is the tree at one moment, for a checkpoint.
  struct Snapshot {
    std::uint64_t size;
    std::uint64_t ticket;
    TileEdge edge;
  };

  TileLog(Options options, Crypto crypto, const Clock& clock, LockFile lock_file, NoteKey key,
          RecoveredLog recovered);

  // Callers' side (tile_log.cc); `mutex_` is held.
  Status WriteEntry(std::string_view framed);
  Status OpenBundle();
  void EntryWritten(const Hash& leaf);
  void Fail(Error cause);
  Status ProbeDisk() const;

  // The keeper's side (tile_log_keeper.cc). `lock` is held on entry and on return, but not while a
  // disk or the module is waited for.
  void Keep();
  bool SyncIsDue(Time now) const;
  Work NextChore(Time now) const;
  Time NextDeadline(Time now) const;
  void SyncBundles(Lock& lock);
  void FinishTiles(Lock& lock);
  std::vector<FullTile> NextTiles() const;
  Status AddToEdge(TileEdge& edge, std::span<const FullTile> tiles,
                   std::vector<FullTile>& upper) const;
  Status StoreTiles(std::span<const FullTile> tiles) const;
  void PublishTiles(TileEdge edge, std::size_t count);
  void FinishUpperTiles(TileEdge edge, std::size_t count, std::vector<FullTile> upper);
  void MakeCheckpoint(Lock& lock);
  Result<std::string> StoreCheckpoint(const Snapshot& snapshot) const;
  void RemovePartialTiles(std::uint64_t index, std::size_t except) const;

  const Options options_;
  const Crypto crypto_;
  const Clock& clock_;
  const LockFile lock_file_;
  const NoteKey key_;

  mutable std::mutex mutex_;          ///< guards all below
  std::condition_variable wake_;      ///< the keeper has work
  std::condition_variable progress_;  ///< the keeper has done some
  std::uint64_t size_;
  std::vector<Hash> leaves_;                        ///< of the unfinished bundle
  FileDescriptor bundle_;                           ///< open for it, unless it is empty
  std::uint64_t bundle_bytes_;                      ///< its length
  std::vector<FileDescriptor> retired_;             ///< full bundles that are not synced yet
  std::vector<std::filesystem::path> new_folders_;  ///< to be synced with them
  std::deque<FullTile> full_tiles_;                 ///< of level 0, not in files yet
  TileEdge edge_;                                   ///< levels from 1 on, without full_tiles_
  std::uint64_t synced_;                            ///< entries on the disk
  std::uint64_t sync_wanted_ = 0;                   ///< entries that somebody waits for
  std::optional<Time> dirty_since_;
  std::string checkpoint_;
  std::uint64_t checkpoint_size_;
  Time next_checkpoint_;
  const bool first_checkpoint_;  ///< wanted before the log is used
  std::uint64_t tickets_ = 0;    ///< calls of Checkpoint
  std::uint64_t tickets_served_ = 0;
  std::optional<Error> checkpoint_error_;  ///< of the last attempt
  std::function<void(std::uint64_t)> callback_;
  std::optional<Error> failure_;  ///< first cause why appends are refused
  bool lost_ = false;             ///< an fsync failed: only a restart tells what is there
  bool flushing_ = false;         ///< the flusher is at work on upper tiles
  bool stop_ = false;
  bool last_attempt_made_ = false;
  std::thread flusher_;
  std::thread keeper_;
};

}  // namespace vallum::audit
