// SPDX-License-Identifier: Apache-2.0
#include "keystore/sqlite_store.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "keystore/sqlite_file.h"
#include "keystore/sqlite_keystore.h"
#include "keystore/sqlite_read.h"

namespace vallum::keystore {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReaders = 4;
constexpr std::size_t kGroupTransactions = 256;
constexpr std::size_t kGroupBytes = 4 << 20;

std::size_t SizeOf(const Transaction& transaction) {
  std::size_t size = 0;
  for (const auto& write : transaction.writes()) {
    size += write.key.size() + (write.value ? write.value->size() : 0);
  }
  return size;
}

Status PrepareFile(const fs::path& path) {
  std::error_code error;
  if (fs::exists(path, error)) return CheckHeader(path);
  if (!fs::exists(path.string() + "-wal", error)) return CreateStore(path);
  return Integrity(path.string() +
                   " is missing but its write-ahead log is there; put the file back, "
                   "or restore both from a backup");
}

}  // namespace

SqliteStore::SqliteStore(LockFile lock, SqliteWriter writer)
    : lock_(std::move(lock)), writer_(std::move(writer)) {
  thread_ = std::thread([this] { WriteUntilStopped(); });
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const fs::path& path) {
  LockFile lock = TRY(LockFile::Acquire(path.string() + ".lock"));
  TRY(PrepareFile(path));
  SqliteWriter writer = TRY(SqliteWriter::Create(TRY(OpenWriter(path))));
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(lock), std::move(writer)));
  for (std::size_t i = 0; i < kReaders; ++i) TRY(store->AddReader(path));
  return store;
}

SqliteStore::~SqliteStore() {
  {
    const std::lock_guard guard(mutex_);
    stop_ = true;
  }
  work_.notify_one();
  thread_.join();
}

Status SqliteStore::AddReader(const fs::path& path) {
  auto reader = std::make_unique<SqliteReader>(TRY(OpenReader(path)));
  reader->get = TRY(reader->connection.Prepare("SELECT value, revision FROM kv WHERE key = ?1"));
  reader->list =
      TRY(reader->connection.Prepare("SELECT key, value, revision FROM kv WHERE "
                                     "key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3"));
  readers_.push_back(std::move(reader));
  return {};
}

SqliteStore::Lease SqliteStore::AcquireReader() {
  const std::size_t first = std::hash<std::thread::id>()(std::this_thread::get_id());
  for (std::size_t i = 0; i < readers_.size(); ++i) {
    SqliteReader& reader = *readers_[(first + i) % readers_.size()];
    std::unique_lock lock(reader.mutex, std::try_to_lock);
    if (lock) return {.reader = &reader, .lock = std::move(lock)};
  }
  SqliteReader& reader = *readers_[first % readers_.size()];
  return {.reader = &reader, .lock = std::unique_lock(reader.mutex)};
}

Result<Entry> SqliteStore::Get(std::string_view key) {
  const Lease lease = AcquireReader();
  return ReadEntry(lease.reader->get, key);
}

Result<std::vector<Entry>> SqliteStore::List(std::string_view prefix, std::string_view after,
                                             std::size_t limit) {
  const Lease lease = AcquireReader();
  return ReadEntries(lease.reader->list, prefix, after, limit);
}

std::vector<Result<Revision>> SqliteStore::CommitAll(
    std::span<const Transaction* const> transactions) {
  SqliteWriter::Waiter waiter;
  std::vector<SqliteWriter::Pending> all;
  all.reserve(transactions.size());
  for (const Transaction* transaction : transactions) {
    all.push_back({.transaction = transaction, .waiter = &waiter, .result = {}});
    if (Status valid = Validate(*transaction); !valid) all.back().result = valid.error();
  }
  Enqueue(all, waiter);
  std::vector<Result<Revision>> results;
  results.reserve(all.size());
  for (auto& pending : all) results.push_back(*std::move(pending.result));
  return results;
}

void SqliteStore::Enqueue(std::span<SqliteWriter::Pending> all, SqliteWriter::Waiter& waiter) {
  std::unique_lock lock(mutex_);
  for (SqliteWriter::Pending& pending : all) {
    if (pending.result) continue;
    queue_.push_back(&pending);
    ++waiter.left;
  }
  work_.notify_one();
  waiter.done.wait(lock, [&] { return waiter.left == 0; });
}

SqliteWriter::Stats SqliteStore::stats() const {
  const std::lock_guard guard(mutex_);
  return stats_;
}

void SqliteStore::WriteUntilStopped() {
  std::unique_lock lock(mutex_);
  std::vector<SqliteWriter::Pending*> group;
  while (true) {
    work_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty()) return;
    group.clear();
    for (std::size_t bytes = 0;
         !queue_.empty() && group.size() < kGroupTransactions && bytes < kGroupBytes;) {
      bytes += SizeOf(*queue_.front()->transaction);
      group.push_back(queue_.front());
      queue_.pop_front();
    }
    lock.unlock();
    writer_.CommitGroup(group);
    lock.lock();
    stats_ = writer_.stats();
    // Under the lock: a waiter that woke by itself may not take its condition variable away yet.
    for (SqliteWriter::Pending* pending : group) {
      if (--pending->waiter->left == 0) pending->waiter->done.notify_one();
    }
  }
}

Result<std::unique_ptr<Keystore>> OpenSqliteKeystore(const fs::path& path) {
  return std::unique_ptr<Keystore>(TRY(SqliteStore::Open(path)));
}

}  // namespace vallum::keystore
