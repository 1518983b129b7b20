// SPDX-License-Identifier: Apache-2.0
#include "keystore/sqlite_connection.h"

#include <sqlite3.h>

#include <cerrno>

namespace vallum::keystore {
namespace {

constexpr int kBusyMilliseconds = 5000;

Code CodeOfIoError(sqlite3* database) {
  switch (sqlite3_system_errno(database)) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Code::kStorageFull;
    case EACCES:
    case EPERM:
    case EROFS:
      return Code::kPermissionDenied;
    default:
      return Code::kStorage;
  }
}

Code CodeOf(sqlite3* database) {
  switch (sqlite3_errcode(database)) {
    case SQLITE_FULL:
      return Code::kStorageFull;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Code::kIntegrity;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Code::kPermissionDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Code::kUnavailable;
    case SQLITE_NOMEM:
      return Code::kResourceExhausted;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return CodeOfIoError(database);
    default:
      return Code::kStorage;
  }
}

std::string_view AdviceFor(Code code) {
  switch (code) {
    case Code::kStorageFull:
      return "; free space on its disk";
    case Code::kIntegrity:
      return "; restore the store from a backup";
    case Code::kPermissionDenied:
      return "; make the file and its folder writable for this user";
    case Code::kUnavailable:
      return "; another program has it open: close that";
    case Code::kResourceExhausted:
      return "; free memory";
    default:
      return "; look at the system's log for errors of its disk";
  }
}

}  // namespace

Error SqliteError(sqlite3* database, std::string_view what) {
  const Code code = CodeOf(database);
  return Error(code,
               std::string(what) + ": " + sqlite3_errmsg(database) + std::string(AdviceFor(code)));
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::BindBlob(int parameter, ByteSpan bytes) {
  // A null pointer would bind NULL, which is not an empty blob.
  const void* data = bytes.empty() ? "" : static_cast<const void*>(bytes.data());
  sqlite3_bind_blob(statement_.get(), parameter, data, static_cast<int>(bytes.size()),
                    SQLITE_STATIC);
  return *this;
}

Statement& Statement::BindInteger(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter, value);
  return *this;
}

Result<bool> Statement::Step() {
  const int rc = sqlite3_step(statement_.get());
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  return SqliteError(sqlite3_db_handle(statement_.get()), "using the store");
}

Status Statement::Run() {
  const ResetOnExit reset(*this);
  TRY(Step());
  return {};
}

ByteSpan Statement::ColumnBlob(int column) const {
  const auto* data =
      static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {data, static_cast<std::size_t>(size)};
}

std::int64_t Statement::ColumnInteger(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

void Statement::Reset() { sqlite3_reset(statement_.get()); }

void Connection::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<Connection> Connection::Open(const std::filesystem::path& path, Access access) {
  sqlite3* handle = nullptr;
  const int mode = access == Access::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  const int rc = sqlite3_open_v2(path.c_str(), &handle, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(handle);
  if (handle == nullptr) return ResourceExhausted("no memory to open the store; free some");
  if (rc != SQLITE_OK) return connection.LastError("opening " + path.string());
  sqlite3_extended_result_codes(handle, 0);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  TRY(connection.Execute("PRAGMA cell_size_check = ON"));
  TRY(connection.Execute("PRAGMA temp_store = MEMORY"));
  return connection;
}

Result<Statement> Connection::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int rc = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                    SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (rc != SQLITE_OK) return LastError("using the store");
  return Statement(statement);
}

Status Connection::Execute(std::string_view sql) {
  Statement statement = TRY(Prepare(sql));
  while (TRY(statement.Step())) {
  }
  return {};
}

Result<std::int64_t> Connection::Integer(std::string_view sql) {
  Statement statement = TRY(Prepare(sql));
  if (!TRY(statement.Step())) return Integrity("the store lacks a row; restore it from a backup");
  return statement.ColumnInteger(0);
}

Result<std::string> Connection::Text(std::string_view sql) {
  Statement statement = TRY(Prepare(sql));
  if (!TRY(statement.Step())) return Integrity("the store lacks a row; restore it from a backup");
  return std::string(AsText(statement.ColumnBlob(0)));
}

void Connection::RollBack() {
  if (sqlite3_get_autocommit(database_.get()) != 0) return;
  // It can fail only where SQLite has rolled back by itself.
  sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Connection::IsReadOnly() const { return sqlite3_db_readonly(database_.get(), "main") != 0; }

bool Connection::SyncFailed() const {
  const int code = sqlite3_extended_errcode(database_.get());
  return code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC;
}

}  // namespace vallum::keystore
