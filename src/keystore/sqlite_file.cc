// SPDX-License-Identifier: Apache-2.0
#include "keystore/sqlite_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "base/file.h"

namespace vallum::keystore {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeaderSize = 100;  // of an SQLite database file
constexpr std::size_t kApplicationIdOffset = 68;
constexpr std::string_view kMagic{"SQLite format 3\0", 16};
// Reading more than this at every start would be felt.
constexpr std::int64_t kQuickCheckBytes = 64 << 20;

Error NotAStore(const fs::path& path) {
  return Integrity(path.string() +
                   " is not a Vallum store; name the right file, or restore it from a backup");
}

Error Truncated(const fs::path& path) {
  return Integrity(path.string() + " was cut off; restore it from a backup");
}

Error TooNew(const fs::path& path, std::int64_t version) {
  return Error(Code::kStorageVersion, path.string() + " has format " + std::to_string(version) +
                                          ", this program knows up to " +
                                          std::to_string(kFormatVersion) +
                                          "; run the newer version, or restore an older backup");
}

fs::path FolderOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

Status CreateEmptyFile(const fs::path& path) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    unlink((path.string() + suffix).c_str());
  }
  const FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.valid()) return {};
  if (errno != EACCES && errno != EROFS && errno != EPERM) {
    return ErrnoError(errno, "creating " + path.string());
  }
  return PermissionDenied("creating " + path.string() + ": make its folder writable for this user");
}

Status WriteSchema(const fs::path& path) {
  Connection connection = TRY(Connection::Open(path, Connection::Access::kReadWrite));
  TRY(connection.Execute("PRAGMA synchronous = FULL"));
  TRY(connection.Execute("PRAGMA page_size = 4096"));
  TRY(connection.Execute("PRAGMA journal_mode = DELETE"));
  TRY(connection.Execute("BEGIN IMMEDIATE"));
  TRY(connection.Execute("PRAGMA application_id = " + std::to_string(kApplicationId)));
  TRY(connection.Execute("PRAGMA user_version = " + std::to_string(kFormatVersion)));
  TRY(
      connection.Execute("CREATE TABLE kv(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL, "
                         "revision INTEGER NOT NULL) WITHOUT ROWID"));
  TRY(
      connection.Execute("CREATE TABLE store(id INTEGER PRIMARY KEY CHECK(id = 0), "
                         "revision INTEGER NOT NULL)"));
  TRY(connection.Execute("INSERT INTO store VALUES(0, 0)"));
  return connection.Execute("COMMIT");
}

Status CheckVersion(Connection& connection, const fs::path& path) {
  if (TRY(connection.Integer("PRAGMA application_id")) != kApplicationId) return NotAStore(path);
  const std::int64_t version = TRY(connection.Integer("PRAGMA user_version"));
  if (version > kFormatVersion) return TooNew(path, version);
  if (version < 1) return NotAStore(path);
  return {};
}

Status CheckContents(Connection& connection, const fs::path& path) {
  std::error_code error;
  const auto size = static_cast<std::int64_t>(fs::file_size(path, error));
  const std::int64_t pages = TRY(connection.Integer("PRAGMA page_count"));
  const std::int64_t claimed = pages * TRY(connection.Integer("PRAGMA page_size"));
  if (error || size < claimed) return Truncated(path);
  if (claimed > kQuickCheckBytes) return {};
  const std::string verdict = TRY(connection.Text("PRAGMA quick_check(1)"));
  if (verdict == "ok") return {};
  return Integrity(path.string() + " is damaged (" + verdict + "); restore it from a backup");
}

}  // namespace

Status CreateStore(const fs::path& path) {
  const fs::path fresh = path.string() + ".new";
  TRY(CreateEmptyFile(fresh));
  TRY(WriteSchema(fresh));
  if (rename(fresh.c_str(), path.c_str()) != 0) {
    return ErrnoError(errno, "creating " + path.string());
  }
  return SyncDirectory(FolderOf(path));
}

Status CheckHeader(const fs::path& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid() && errno == EACCES) {
    return PermissionDenied("opening " + path.string() + ": make it readable for this user");
  }
  if (!file.valid()) return ErrnoError(errno, "opening " + path.string());
  Bytes header(kHeaderSize);
  const ssize_t size = read(file.get(), header.data(), header.size());
  if (size < 0) return ErrnoError(errno, "reading " + path.string());
  if (static_cast<std::size_t>(size) < header.size()) return Truncated(path);
  ByteReader reader(header);
  if (AsText(TRY(reader.ReadBytes(kMagic.size()))) != kMagic) return NotAStore(path);
  TRY(reader.ReadBytes(kApplicationIdOffset - kMagic.size()));
  if (TRY(reader.ReadBe32()) != kApplicationId) return NotAStore(path);
  return {};
}

Result<Connection> OpenWriter(const fs::path& path) {
  Connection connection = TRY(Connection::Open(path, Connection::Access::kReadWrite));
  if (connection.IsReadOnly()) {
    return PermissionDenied(path.string() + " is read-only; make it writable for this user");
  }
  TRY(CheckVersion(connection, path));
  if (TRY(connection.Text("PRAGMA journal_mode = WAL")) != "wal") {
    return Storage("the file system under " + path.string() +
                   " has no shared memory, which the store needs; choose a local one");
  }
  TRY(connection.Execute("PRAGMA synchronous = FULL"));
  // A destroyed key's wrapped material is overwritten in the file, not only unlinked.
  TRY(connection.Execute("PRAGMA secure_delete = ON"));
  TRY(connection.Execute("PRAGMA cache_size = -2048"));
  TRY(connection.Execute("PRAGMA journal_size_limit = 16777216"));
  const Status settled = connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
  // What the log holds still counts: with a full disk the store can be read, and says so on writing.
  if (!settled && settled.error().code() == Code::kStorageFull) return connection;
  TRY(settled);
  TRY(CheckContents(connection, path));
  return connection;
}

Result<Connection> OpenSharedConnection(const fs::path& path) {
  Connection connection = TRY(Connection::Open(path, Connection::Access::kReadWrite));
  TRY(CheckVersion(connection, path));
  if (TRY(connection.Text("PRAGMA journal_mode = WAL")) != "wal") {
    return Storage("the file system under " + path.string() +
                   " has no shared memory, which the store needs; choose a local one");
  }
  TRY(connection.Execute("PRAGMA synchronous = FULL"));
  TRY(connection.Execute("PRAGMA secure_delete = ON"));
  TRY(connection.Execute("PRAGMA cache_size = -2048"));
  TRY(connection.Execute("PRAGMA journal_size_limit = 16777216"));
  return connection;
}

Result<Connection> OpenReader(const fs::path& path) {
  Connection connection = TRY(Connection::Open(path, Connection::Access::kRead));
  TRY(connection.Execute("PRAGMA query_only = ON"));
  TRY(connection.Execute("PRAGMA cache_size = -256"));
  return connection;
}

}  // namespace vallum::keystore
