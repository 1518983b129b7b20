// SPDX-License-Identifier: Apache-2.0
// Files: whole reads, durable replacement, and descriptors that close themselves.
#pragma once

#include <cstddef>
#include <filesystem>
#include <source_location>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace vallum {

/// FileDescriptor owns one descriptor and closes it.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.Release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release();

 private:
  int fd_ = -1;
};

/// ErrnoError turns errno into an Error: ENOSPC and EDQUOT are kStorageFull, ENOENT is kNotFound,
/// the rest kStorage. `what` says what was being done to which file.
Error ErrnoError(int error_number, std::string_view what,
                 std::source_location where = std::source_location::current());

/// ReadFile reads at most `max_bytes`; a larger file is kResourceExhausted, a missing one kNotFound.
Result<Bytes> ReadFile(const std::filesystem::path& path, std::size_t max_bytes = 16 << 20);
/// ReadSecretFile is ReadFile into the arena. A file that others than its owner can read or write
/// is kPermissionDenied and the message says which mode to set; what is no regular file is
/// kInvalidArgument.
Result<SecretBytes> ReadSecretFile(const std::filesystem::path& path, std::size_t max_bytes);

/// WriteFileDurably replaces `path` as a whole: temporary file beside it, write, fsync, rename, fsync
/// of the folder. Whatever happens, the old or the new content is there, never a mixture. The mode
/// is set exactly, whatever the umask. A crash can leave a file named `.vallum-` and six letters.
Status WriteFileDurably(const std::filesystem::path& path, ByteSpan content, unsigned mode);

/// WriteAll writes all of `bytes` at the descriptor's position, retrying short writes and EINTR.
Status WriteAll(int fd, ByteSpan bytes, std::string_view what);
/// SyncDirectory makes names created in or removed from a folder durable.
Status SyncDirectory(const std::filesystem::path& path);
/// CreatePrivateDirectories makes a folder and its parents, durably and with mode 0700, where they
/// are missing; those that exist are left as they are.
Status CreatePrivateDirectories(const std::filesystem::path& path);

}  // namespace vallum
