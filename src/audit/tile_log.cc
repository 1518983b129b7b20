// SPDX-License-Identifier: Apache-2.0
#include "audit/tile_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace vallum::audit {
namespace {

namespace fs = std::filesystem;

// 8 KiB each: when the keeper is so far behind, appending waits for it.
constexpr std::size_t kMaxFullTiles = 512;
constexpr std::size_t kManyTiles = 16;
constexpr std::size_t kProbeBytes = 64 << 10;
constexpr std::size_t kPrefixSize = 2;

// The record with its length before it, in this thread's own buffer.
Result<std::string_view> Frame(const Record& record) {
  thread_local std::string buffer;
  buffer.assign(kPrefixSize, '\0');
  Encode(record, buffer);
  const std::size_t size = buffer.size() - kPrefixSize;
  if (size > kMaxEntrySize) {
    return InvalidArgument("an audit record has " + std::to_string(size) + " bytes; at most " +
                           std::to_string(kMaxEntrySize) + " fit");
  }
  buffer[0] = static_cast<char>(size >> 8);
  buffer[1] = static_cast<char>(size & 0xff);
  return std::string_view(buffer);
}

Error WithAdvice(Error cause) {
  const bool full = cause.code() == Code::kStorageFull;
  const std::string_view advice = full ? "; free space on its disk" : "; look at the system's log";
  return Error(cause.code(),
               "the audit log cannot be written: " + cause.message() + std::string(advice),
               cause.where());
}

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::Open(Options options, Crypto crypto,
                                                 const Clock& clock) {
  return std::unique_ptr<AuditLog>(
      TRY(TileLog::Open(std::move(options), std::move(crypto), clock)));
}

Result<std::unique_ptr<TileLog>> TileLog::Open(Options options, Crypto crypto, const Clock& clock) {
  NoteKey key = TRY(MakeNoteKey(crypto.sha256, options.origin, crypto.public_key));
  TRY(CreatePrivateDirectories(options.directory));
  LockFile lock_file = TRY(LockFile::Acquire(options.directory / kLockPath));
  TRY(CreatePrivateDirectories(options.directory / "tile" / "entries"));
  RecoveredLog recovered = TRY(Recover(options.directory, crypto, key, options.minimum_size));
  std::unique_ptr<TileLog> log(new TileLog(std::move(options), std::move(crypto), clock,
                                           std::move(lock_file), std::move(key),
                                           std::move(recovered)));
  // A log has a checkpoint from the start: without one, nothing shows that entries were cut off.
  // And one that is killed again and again should not have more and more to read again.
  if (log->first_checkpoint_) TRY(log->Checkpoint());
  return log;
}

TileLog::TileLog(Options options, Crypto crypto, const Clock& clock, LockFile lock_file,
                 NoteKey key, RecoveredLog recovered)
    : options_(std::move(options)),
      crypto_(std::move(crypto)),
      clock_(clock),
      lock_file_(std::move(lock_file)),
      key_(std::move(key)),
      size_(recovered.size),
      leaves_(std::move(recovered.leaves)),
      bundle_bytes_(recovered.bundle_bytes),
      full_tiles_(std::move(recovered.full_tiles)),
      edge_(std::move(recovered.edge)),
      synced_(recovered.size),
      checkpoint_(std::move(recovered.checkpoint)),
      checkpoint_size_(recovered.checkpoint_size),
      next_checkpoint_(std::chrono::steady_clock::now() + options_.checkpoint_interval),
      first_checkpoint_(checkpoint_.empty() || full_tiles_.size() > kManyTiles) {
  leaves_.reserve(kTileWidth);
  keeper_ = std::thread([this] { Keep(); });
}

TileLog::~TileLog() {
  {
    const std::lock_guard guard(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  keeper_.join();
  if (flusher_.joinable()) flusher_.join();
}

Result<std::uint64_t> TileLog::Append(const Record& record) {
  if (record.time == TimePoint()) {
    Record stamped = record;
    stamped.time = clock_.Now();
    if (stamped.time != TimePoint()) return Append(stamped);
  }
  const std::string_view framed = TRY(Frame(record));
  const Hash leaf = TRY(LeafHash(crypto_.sha256, AsBytes(framed.substr(kPrefixSize))));
  Lock lock(mutex_);
  progress_.wait(lock, [this] { return failure_ || full_tiles_.size() < kMaxFullTiles; });
  if (failure_) return *failure_;
  if (Status written = WriteEntry(framed); !written) {
    Fail(std::move(written).error());
    return *failure_;
  }
  EntryWritten(leaf);
  const std::uint64_t index = size_ - 1;
  lock.unlock();
  if (options_.sync_every_append) TRY(Sync(index));
  return index;
}

Status TileLog::WriteEntry(std::string_view framed) {
  if (!bundle_.valid()) TRY(OpenBundle());
  const auto offset = static_cast<off_t>(bundle_bytes_);
  const ssize_t written = pwrite(bundle_.get(), framed.data(), framed.size(), offset);
  if (written == static_cast<ssize_t>(framed.size())) {
    bundle_bytes_ += framed.size();
    return {};
  }
  // A short write means a full disk. What cannot be cut off now is cut off by Reopen or Open.
  const int cause = written < 0 ? errno : ENOSPC;
  if (ftruncate(bundle_.get(), offset) != 0) errno = cause;
  return ErrnoError(cause, "writing " + EntriesPath(size_ / kTileWidth));
}

Status TileLog::OpenBundle() {
  const fs::path path = options_.directory / EntriesPath(size_ / kTileWidth);
  TRY(CreatePrivateDirectories(path.parent_path()));
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return ErrnoError(errno, "creating " + path.string());
  bundle_ = std::move(file);
  if (new_folders_.empty() || new_folders_.back() != path.parent_path()) {
    new_folders_.push_back(path.parent_path());
  }
  return {};
}

void TileLog::EntryWritten(const Hash& leaf) {
  leaves_.push_back(leaf);
  ++size_;
  if (size_ % kTileWidth == 0) {
    full_tiles_.push_back(
        {.level = 0, .index = size_ / kTileWidth - 1, .hashes = std::move(leaves_)});
    leaves_.clear();
    leaves_.reserve(kTileWidth);
    retired_.push_back(std::move(bundle_));
    bundle_bytes_ = 0;
  }
  if (dirty_since_) return;
  dirty_since_ = std::chrono::steady_clock::now();
  wake_.notify_one();
}

void TileLog::Fail(Error cause) {
  if (!failure_) failure_ = WithAdvice(std::move(cause));
  progress_.notify_all();
}

Status TileLog::Sync(std::uint64_t index) {
  Lock lock(mutex_);
  if (index >= size_) {
    return NotFound("the audit log has no entry " + std::to_string(index) + " to sync");
  }
  if (synced_ > index) return {};
  sync_wanted_ = std::max(sync_wanted_, index + 1);
  wake_.notify_one();
  progress_.wait(lock, [&] { return synced_ > index || lost_; });
  if (synced_ > index) return {};
  return *failure_;
}

Result<std::string> TileLog::Checkpoint() {
  Lock lock(mutex_);
  const std::uint64_t ticket = ++tickets_;
  wake_.notify_one();
  progress_.wait(lock, [&] { return tickets_served_ >= ticket || failure_; });
  if (tickets_served_ < ticket) return *failure_;
  if (checkpoint_error_) return *checkpoint_error_;
  return checkpoint_;
}

void TileLog::OnCheckpoint(std::function<void(std::uint64_t size)> callback) {
  const std::lock_guard guard(mutex_);
  callback_ = std::move(callback);
}

std::uint64_t TileLog::size() const {
  const std::lock_guard guard(mutex_);
  return size_;
}

Status TileLog::health() const {
  const std::lock_guard guard(mutex_);
  if (failure_) return *failure_;
  if (checkpoint_error_) return *checkpoint_error_;
  return {};
}

Status TileLog::Reopen() {
  const std::lock_guard guard(mutex_);
  if (!failure_) return {};
  if (lost_) return *failure_;
  if (bundle_.valid() && ftruncate(bundle_.get(), static_cast<off_t>(bundle_bytes_)) != 0) {
    return ErrnoError(errno, "cutting an incomplete entry off the audit log");
  }
  TRY(ProbeDisk());
  failure_.reset();
  wake_.notify_one();
  return {};
}

// Room for one entry would fill up again at once: a log that goes on should go on for a while.
Status TileLog::ProbeDisk() const {
  const fs::path path = options_.directory / (std::string(kTemporaryPrefix) + "probe");
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.valid()) return ErrnoError(errno, "creating " + path.string());
  Status status = WriteAll(file.get(), Bytes(kProbeBytes, 1), "writing " + path.string());
  if (status && fsync(file.get()) != 0) status = ErrnoError(errno, "syncing " + path.string());
  unlink(path.c_str());
  return status;
}

}  // namespace vallum::audit
