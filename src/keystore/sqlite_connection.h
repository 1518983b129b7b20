// SPDX-License-Identifier: Apache-2.0
// Connection and Statement: SQLite's handles with an owner, and its errors as ours.
// Internal to src/keystore. Neither is thread-safe: one thread at a time for a connection with all
// its statements.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace vallum::keystore {

/// SqliteError turns the last failure of `database` into an Error that begins with `what`.
Error SqliteError(sqlite3* database, std::string_view what);

/// Statement is one prepared statement. Parameters and columns count as SQLite's: from 1 and from 0.
class Statement {
 public:
  Statement() = default;

  /// BindBlob keeps a view: `bytes` must stay until Reset.
  Statement& BindBlob(int parameter, ByteSpan bytes);
  Statement& BindInteger(int parameter, std::int64_t value);
  /// Step is true when a row is there, false at the end.
  Result<bool> Step();
  /// Run steps a statement that returns no rows, then resets it.
  Status Run();
  /// ColumnBlob's view lives until the next Step or Reset.
  ByteSpan ColumnBlob(int column) const;
  std::int64_t ColumnInteger(int column) const;
  /// Reset ends the execution and, with it, a reader's snapshot.
  void Reset();

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// ResetOnExit resets a statement on every way out of a scope.
class ResetOnExit {
 public:
  explicit ResetOnExit(Statement& statement) : statement_(statement) {}
  ~ResetOnExit() { statement_.Reset(); }
  ResetOnExit(const ResetOnExit&) = delete;
  ResetOnExit& operator=(const ResetOnExit&) = delete;

 private:
  Statement& statement_;
};

class Connection {
 public:
  enum class Access : std::uint8_t { kRead, kReadWrite };

  /// Open opens an existing file, with SQLite's own locks off (see above) and its defences on.
  static Result<Connection> Open(const std::filesystem::path& path, Access access);

  Result<Statement> Prepare(std::string_view sql);
  Status Execute(std::string_view sql);
  /// Integer runs a query for one number, a pragma say.
  Result<std::int64_t> Integer(std::string_view sql);
  /// Text runs a query for one text.
  Result<std::string> Text(std::string_view sql);
  /// RollBack ends an open transaction, if SQLite has not done so itself.
  void RollBack();
  bool IsReadOnly() const;
  /// SyncFailed says whether the last failure was an fsync's.
  bool SyncFailed() const;
  Error LastError(std::string_view what) const { return SqliteError(database_.get(), what); }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Connection(sqlite3* database) : database_(database) {}
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace vallum::keystore
