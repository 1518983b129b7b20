// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

namespace vallum {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadChunk = 64 << 10;

std::string About(std::string_view doing, const fs::path& path) {
  return std::string(doing) + " " + path.string();
}

fs::path FolderOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

Result<FileDescriptor> OpenToRead(const fs::path& path, int flags = 0) {
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | flags));
  if (!file.valid()) return ErrnoError(errno, About("opening", path));
  return file;
}

Result<struct stat> StatOf(const FileDescriptor& file, const fs::path& path) {
  struct stat info = {};
  if (fstat(file.get(), &info) != 0) return ErrnoError(errno, About("examining", path));
  return info;
}

// Reads until `out` is full or the file ends; returns how much that was.
Result<std::size_t> ReadUpTo(const FileDescriptor& file, MutableByteSpan out,
                             const fs::path& path) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count = read(file.get(), out.data() + done, out.size() - done);
    if (count == 0) break;
    if (count > 0) done += static_cast<std::size_t>(count);
    if (count < 0 && errno != EINTR) return ErrnoError(errno, About("reading", path));
  }
  return done;
}

Error TooLarge(const fs::path& path, std::size_t max_bytes) {
  return ResourceExhausted(path.string() + " is larger than the " + std::to_string(max_bytes) +
                           " bytes that are accepted here");
}

// The size that the file claims, and one more to see its end; files in /proc claim 0.
std::size_t FirstChunk(const struct stat& info, std::size_t max_bytes) {
  const auto claimed = static_cast<std::size_t>(std::max<off_t>(info.st_size, 0));
  return std::min(claimed == 0 ? kReadChunk : claimed, max_bytes) + 1;
}

// A file that removes itself unless it was renamed to its final name.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& folder) : name_((folder / ".vallum-XXXXXX").string()) {
    file_ = FileDescriptor(mkostemp(name_.data(), O_CLOEXEC));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (file_.valid() && !renamed_) unlink(name_.c_str());
  }

  const FileDescriptor& file() const { return file_; }

  Status RenameTo(const fs::path& path) {
    if (rename(name_.c_str(), path.c_str()) != 0) {
      return ErrnoError(errno, About("replacing", path));
    }
    renamed_ = true;
    return {};
  }

 private:
  std::string name_;
  FileDescriptor file_;
  bool renamed_ = false;
};

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  FileDescriptor taken(std::move(other));
  std::swap(fd_, taken.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (valid()) close(fd_);
}

int FileDescriptor::Release() { return std::exchange(fd_, -1); }

Error ErrnoError(int error_number, std::string_view what, std::source_location where) {
  Code code = Code::kStorage;
  if (error_number == ENOSPC || error_number == EDQUOT) code = Code::kStorageFull;
  if (error_number == ENOENT) code = Code::kNotFound;
  return Error(code, std::string(what) + ": " + std::generic_category().message(error_number),
               where);
}

Result<Bytes> ReadFile(const fs::path& path, std::size_t max_bytes) {
  const FileDescriptor file = TRY(OpenToRead(path));
  const struct stat info = TRY(StatOf(file, path));
  max_bytes = std::min(max_bytes, Bytes().max_size() / 4);
  Bytes content(FirstChunk(info, max_bytes));
  std::size_t size = TRY(ReadUpTo(file, content, path));
  while (size == content.size() && size <= max_bytes) {
    content.resize(std::min(2 * size, max_bytes + 1));
    size += TRY(ReadUpTo(file, MutableByteSpan(content).subspan(size), path));
  }
  if (size > max_bytes) return TooLarge(path, max_bytes);
  content.resize(size);
  return content;
}

Result<SecretBytes> ReadSecretFile(const fs::path& path, std::size_t max_bytes) {
  const FileDescriptor file = TRY(OpenToRead(path));
  const struct stat info = TRY(StatOf(file, path));
  if (!S_ISREG(info.st_mode)) {
    return InvalidArgument(path.string() +
                           " is not a regular file; a secret is read only from one");
  }
  if ((info.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) != 0) {
    return PermissionDenied("others than its owner can read or write " + path.string() +
                            "; set its mode with: chmod 600 " + path.string());
  }
  auto content = TRY(SecretBytes::Create(FirstChunk(info, max_bytes)));
  const std::size_t size = TRY(ReadUpTo(file, content.mutable_span(), path));
  if (size > max_bytes) return TooLarge(path, max_bytes);
  if (size == content.size()) {
    return Storage(path.string() + " grew while it was being read; try again");
  }
  return SecretBytes::CopyOf(content.span().first(size));
}

Status WriteAll(int fd, ByteSpan bytes, std::string_view what) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return ErrnoError(count < 0 ? errno : EIO, what);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Status SyncDirectory(const fs::path& path) {
  const FileDescriptor folder = TRY(OpenToRead(path, O_DIRECTORY));
  if (fsync(folder.get()) != 0) return ErrnoError(errno, About("syncing", path));
  return {};
}

Status WriteFileDurably(const fs::path& path, ByteSpan content, unsigned mode) {
  const fs::path folder = FolderOf(path);
  TemporaryFile temporary(folder);
  const int fd = temporary.file().get();
  if (fd < 0) return ErrnoError(errno, About("creating a temporary file in", folder));
  TRY(WriteAll(fd, content, About("writing", path)));
  if (fchmod(fd, mode) != 0) return ErrnoError(errno, About("setting the mode of", path));
  if (fsync(fd) != 0) return ErrnoError(errno, About("syncing", path));
  TRY(temporary.RenameTo(path));
  return SyncDirectory(folder);
}

Status CreatePrivateDirectories(const fs::path& path) {
  std::vector<fs::path> missing;
  std::error_code error;
  for (fs::path at = path.lexically_normal(); !at.empty() && !fs::exists(at, error);
       at = at.parent_path()) {
    if (at.has_filename()) missing.push_back(at);
  }
  while (!missing.empty()) {
    const fs::path& next = missing.back();
    if (mkdir(next.c_str(), 0700) != 0 && errno != EEXIST) {
      return ErrnoError(errno, About("creating the folder", next));
    }
    TRY(SyncDirectory(FolderOf(next)));
    missing.pop_back();
  }
  if (!fs::is_directory(path, error)) {
    return InvalidArgument(path.string() + " is not a folder; move it away or choose another path");
  }
  return {};
}

}  // namespace vallum
