// SPDX-License-Identifier: Apache-2.0
// The journal keeps store and audit log in step: every change in the store has its record in the log,
// and nothing leaves without one (docs/formats/key-record.md, "Outbox").
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit_log.h"
#include "keystore/keystore.h"
#include "service/rounds.h"

namespace vallum::service {

/// PutOutbox adds to `change` the record that must follow it into the log: the log had `log_size`
/// entries before, and (record.request, number) names the record among those that wait.
void PutOutbox(keystore::Transaction& change, std::uint64_t number, std::uint64_t log_size,
               const audit::Record& record);

/// RememberedLogSize is the log's size at its last checkpoint, as the store knows it; 0 at first.
Result<std::uint64_t> RememberedLogSize(keystore::Keystore& store);

/// Who a record names when no caller asked: the server itself, at its start.
inline constexpr std::string_view kSystemPrincipal = "system";

/// Journal is thread-safe.
class Journal {
 public:
  /// `store` must outlive the journal.
  explicit Journal(keystore::Keystore& store);
  /// The destructor makes a last checkpoint and closes the log.
  ~Journal();

  /// Attach takes the opened log, appends the records of changes that a crash had cut off, and
  /// begins to remember the log's size in the store. Call once, before anything else.
  Status Attach(std::unique_ptr<audit::AuditLog> log);

  /// Append writes one record; it survives the death of the process when this returns. After a
  /// failure the log is tried again at most once a second.
  Status Append(const audit::Record& record);

  /// Keep writes a record that belongs to no change: into the log or, when that cannot be written
  /// (without the module nothing can be hashed), into the store, from where the next start takes it
  /// into the log.
  Status Keep(const audit::Record& record);

  /// Commit applies a change together with its record, and returns when both are on the disk. When
  /// the store refuses, nothing happened. When only the log fails (the error says so), the change
  /// is in the store, and its record follows when the log works again or at the next start.
  /// Concurrent callers share the waits for both disks.
  Status Commit(keystore::Transaction change, const audit::Record& record);

  /// Change is one of several that are committed side by side; `record` is the caller's.
  struct Change {
    keystore::Transaction transaction;
    const audit::Record& record;
    Status result = Internal("a change was not decided");
    std::string entry = {};  ///< its outbox entry; the journal's own
  };
  /// CommitAll is Commit for each of `changes`: they share the waits, and each has its own result.
  void CommitAll(std::span<Change> changes);

  audit::AuditLog& log() { return *log_; }
  /// health is the log's; a failed log is tried again before.
  Status health();

 private:
  struct Unlogged {
    std::string entry;
    audit::Record record;
  };

  Status Recover();
  void CommitRound(std::span<std::span<Change>* const> callers);
  void StoreRound(std::span<Change* const> round);
  void LogRound(std::span<Change* const> round);
  Status Reopen();
  Status AppendUnlogged();
  void OnCheckpoint(std::uint64_t size);
  std::vector<std::string> TakeLogged();
  void GiveBack(std::vector<std::string> entries);

  keystore::Keystore& store_;
  std::unique_ptr<audit::AuditLog> log_;
  std::atomic<std::uint64_t> next_number_{0};
  Rounds<std::span<Change>> rounds_;

  std::mutex mutex_;
  std::vector<std::string> logged_;  ///< outbox entries to delete; guarded by mutex_

  std::mutex reopening_;
  std::vector<Unlogged>
      unlogged_;  ///< changes in the store without a record; guarded by reopening_
  std::atomic<bool> has_unlogged_{false};
  std::chrono::steady_clock::time_point next_attempt_{};  ///< guarded by reopening_
};

}  // namespace vallum::service
