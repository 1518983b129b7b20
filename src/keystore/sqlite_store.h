// SPDX-License-Identifier: Apache-2.0
// SqliteStore: the implementation behind keystore/sqlite_keystore.h. Internal to src/keystore.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "base/lock_file.h"
#include "keystore/keystore.h"
#include "keystore/sqlite_connection.h"

namespace vallum::keystore {

/// SqliteReader is one reading connection with its statements; a lock hands it to one thread.
struct SqliteReader {
  std::mutex mutex;
  Connection connection;
  Statement get;
  Statement list;
  explicit SqliteReader(Connection opened) : connection(std::move(opened)) {}
};

/// SqliteWriter owns the writing connection; only the store's writer thread calls it.
class SqliteWriter {
 public:
  struct Stats {
    std::uint64_t commits = 0;  ///< transactions acknowledged
    std::uint64_t groups = 0;   ///< SQLite transactions, one fsync each, that carried them
  };

  /// Waiter is a caller, and how many of its transactions are still under way.
  struct Waiter {
    std::size_t left = 0;
    std::condition_variable done;
  };
  /// Pending is one transaction on its way through the writer.
  struct Pending {
    const Transaction* transaction;
    Waiter* waiter;
    std::optional<Result<Revision>> result;
  };

  static Result<SqliteWriter> Create(Connection connection);
  /// CommitGroup gives each member its result. When the group cannot be committed as a whole, each
  /// is tried alone, so that a large one does not fail the others.
  void CommitGroup(std::span<Pending* const> group);
  Stats stats() const { return stats_; }

 private:
  explicit SqliteWriter(Connection connection) : connection_(std::move(connection)) {}
  Status TryGroup(std::span<Pending* const> group);
  Status CheckConditions(const Transaction& transaction, std::optional<Error>& conflict);
  Status Apply(const Transaction& transaction, Revision revision);
  Result<Revision> RevisionOf(std::string_view key);

  Connection connection_;
  Statement begin_, commit_, find_, put_, remove_, advance_;
  Revision revision_ = 0;
  Stats stats_;
  std::optional<Error> broken_;  ///< set by a failed fsync: nothing can be promised any more
};

class SqliteStore final : public Keystore {
 public:
  static Result<std::unique_ptr<SqliteStore>> Open(const std::filesystem::path& path);
  ~SqliteStore() override;

  Result<Entry> Get(std::string_view key) override;
  Result<std::vector<Entry>> List(std::string_view prefix, std::string_view after,
                                  std::size_t limit) override;
  std::vector<Result<Revision>> CommitAll(
      std::span<const Transaction* const> transactions) override;

  SqliteWriter::Stats stats() const;

 private:
  struct Lease {
    SqliteReader* reader;
    std::unique_lock<std::mutex> lock;
  };
  SqliteStore(LockFile lock, SqliteWriter writer);
  Status AddReader(const std::filesystem::path& path);
  Lease AcquireReader();
  /// Enqueue hands over those without a result and waits until each has one.
  void Enqueue(std::span<SqliteWriter::Pending> all, SqliteWriter::Waiter& waiter);
  void WriteUntilStopped();

  LockFile lock_;
  SqliteWriter writer_;
  std::vector<std::unique_ptr<SqliteReader>> readers_;
  mutable std::mutex mutex_;  ///< guards all below
  std::condition_variable work_;
  std::deque<SqliteWriter::Pending*> queue_;
  SqliteWriter::Stats stats_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace vallum::keystore
