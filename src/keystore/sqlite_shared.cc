// SPDX-License-Identifier: Apache-2.0
// SQLite keeps count of a process's locks in memory that a child inherits, and holds them as POSIX locks,
// which it does not: an open file must not survive a fork. So every store closes its connection before a
// fork and opens it on the next use.
#include "keystore/sqlite_shared.h"

#include <pthread.h>

#include <chrono>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

#include "base/lock_file.h"
#include "keystore/sqlite_file.h"
#include "keystore/sqlite_read.h"

namespace vallum::keystore {
namespace {

namespace fs = std::filesystem;

constexpr int kCreateAttempts = 500;

struct Opened {
  explicit Opened(Connection opened) : connection(std::move(opened)) {}
  Connection connection;
  Statement get, list, begin, commit, put, remove, advance, revision;
};

Result<std::unique_ptr<Opened>> Prepare(Connection connection) {
  auto opened = std::make_unique<Opened>(std::move(connection));
  Connection& to = opened->connection;
  opened->get = TRY(to.Prepare("SELECT value, revision FROM kv WHERE key = ?1"));
  opened->list =
      TRY(to.Prepare("SELECT key, value, revision FROM kv WHERE "
                     "key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3"));
  opened->begin = TRY(to.Prepare("BEGIN IMMEDIATE"));
  opened->commit = TRY(to.Prepare("COMMIT"));
  opened->put =
      TRY(to.Prepare("INSERT INTO kv(key, value, revision) VALUES(?1, ?2, ?3) "
                     "ON CONFLICT(key) DO UPDATE SET value = ?2, revision = ?3"));
  opened->remove = TRY(to.Prepare("DELETE FROM kv WHERE key = ?1"));
  opened->advance = TRY(to.Prepare("UPDATE store SET revision = ?1 WHERE id = 0"));
  opened->revision = TRY(to.Prepare("SELECT revision FROM store WHERE id = 0"));
  return opened;
}

class SharedStore;

// Never destroyed: the fork handlers may run as long as the process does.
struct Living {
  std::mutex mutex;
  std::set<SharedStore*> stores;
};
Living& AllStores() {
  static auto* const living = new Living;
  return *living;
}

class SharedStore final : public Keystore {
 public:
  explicit SharedStore(fs::path path) : path_(std::move(path)) {
    const std::lock_guard lock(AllStores().mutex);
    AllStores().stores.insert(this);
  }
  ~SharedStore() override {
    const std::lock_guard lock(AllStores().mutex);
    AllStores().stores.erase(this);
  }

  Result<Entry> Get(std::string_view key) override;
  Result<std::vector<Entry>> List(std::string_view prefix, std::string_view after,
                                  std::size_t limit) override;
  std::vector<Result<Revision>> CommitAll(
      std::span<const Transaction* const> transactions) override;

  /// Open opens the file if it is not open; the lock is held.
  Status Open();

  void CloseForFork() {
    mutex_.lock();
    opened_.reset();
  }
  void ResumeAfterFork() { mutex_.unlock(); }

 private:
  Result<Revision> CommitOne(const Transaction& transaction);
  Result<Revision> Write(const Transaction& transaction);

  fs::path path_;
  std::mutex mutex_;  ///< guards opened_ and the one connection
  std::unique_ptr<Opened> opened_;
};

void BeforeFork() {
  AllStores().mutex.lock();
  for (SharedStore* store : AllStores().stores) store->CloseForFork();
}

void AfterFork() {
  for (SharedStore* store : AllStores().stores) store->ResumeAfterFork();
  AllStores().mutex.unlock();
}

Status SharedStore::Open() {
  if (opened_ == nullptr) opened_ = TRY(Prepare(TRY(OpenSharedConnection(path_))));
  return {};
}

Result<Entry> SharedStore::Get(std::string_view key) {
  const std::lock_guard lock(mutex_);
  TRY(Open());
  return ReadEntry(opened_->get, key);
}

Result<std::vector<Entry>> SharedStore::List(std::string_view prefix, std::string_view after,
                                             std::size_t limit) {
  const std::lock_guard lock(mutex_);
  TRY(Open());
  return ReadEntries(opened_->list, prefix, after, limit);
}

Result<Revision> SharedStore::Write(const Transaction& transaction) {
  for (const auto& [key, revision] : transaction.conditions()) {
    const auto found = ReadEntry(opened_->get, key);
    if (!found && found.error().code() != Code::kNotFound) return found.error();
    if ((found ? found->revision : 0) == revision) continue;
    return Error(Code::kConflict, "\"" + key + "\" was changed by somebody else; read it again");
  }
  std::int64_t revision = 0;
  {
    const ResetOnExit reset(opened_->revision);
    if (!TRY(opened_->revision.Step())) return Integrity("the store lacks its revision");
    revision = opened_->revision.ColumnInteger(0) + 1;
  }
  for (const auto& [key, value] : transaction.writes()) {
    if (value) {
      opened_->put.BindBlob(1, AsBytes(key)).BindBlob(2, *value);
      TRY(opened_->put.BindInteger(3, revision).Run());
    } else {
      TRY(opened_->remove.BindBlob(1, AsBytes(key)).Run());
    }
  }
  TRY(opened_->advance.BindInteger(1, revision).Run());
  TRY(opened_->commit.Run());
  return static_cast<Revision>(revision);
}

Result<Revision> SharedStore::CommitOne(const Transaction& transaction) {
  TRY(Validate(transaction));
  TRY(Open());
  TRY(opened_->begin.Run());
  auto written = Write(transaction);
  if (!written) opened_->connection.RollBack();
  // After a failed fsync nobody knows what the file holds: what was kept in memory goes.
  if (!written && opened_->connection.SyncFailed()) opened_.reset();
  return written;
}

std::vector<Result<Revision>> SharedStore::CommitAll(
    std::span<const Transaction* const> transactions) {
  const std::lock_guard lock(mutex_);
  std::vector<Result<Revision>> results;
  results.reserve(transactions.size());
  for (const Transaction* transaction : transactions) results.push_back(CommitOne(*transaction));
  return results;
}

// Two processes that find no file must not both make one.
Status CreateOnce(const fs::path& path) {
  for (int attempt = 0; attempt < kCreateAttempts; ++attempt) {
    auto lock = LockFile::Acquire(path.string() + ".lock");
    std::error_code error;
    if (lock) return fs::exists(path, error) ? Status() : CreateStore(path);
    if (lock.error().code() != Code::kUnavailable) return std::move(lock).error();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return Error(Code::kUnavailable, "somebody has been creating " + path.string() +
                                       " for five seconds; end that process");
}

}  // namespace

Result<std::unique_ptr<Keystore>> OpenSharedSqliteKeystore(const fs::path& path, Missing missing) {
  static const int registered = pthread_atfork(BeforeFork, AfterFork, AfterFork);
  if (registered != 0) return Internal("the fork handlers of the store cannot be registered");
  std::error_code error;
  if (!fs::exists(path, error)) {
    if (missing == Missing::kFail) return NotFound("there is no store at " + path.string());
    TRY(CreateOnce(path));
  }
  TRY(CheckHeader(path));
  auto store = std::make_unique<SharedStore>(path);
  TRY(store->Open());
  return std::unique_ptr<Keystore>(std::move(store));
}

}  // namespace vallum::keystore
