// SPDX-License-Identifier: Apache-2.0
#include "cli/local_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace vallum::cli {
namespace {

std::filesystem::path FolderOf(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

Status WritePartAt(int fd, std::uint64_t offset, ByteSpan part, const std::string& what) {
  while (!part.empty()) {
    const ssize_t written = ::pwrite(fd, part.data(), part.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return LocalFileError(ErrnoError(errno, what));
    part = part.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

}  // namespace

Error LocalFileError(Error error) {
  if (error.code() == Code::kStorageFull) return error;
  const std::string advice = error.code() == Code::kNotFound ? "; check the path" : "";
  return Error(Code::kStorage, error.message() + advice, error.where());
}

Result<FileDescriptor> OpenInput(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return LocalFileError(ErrnoError(errno, "opening " + path.string()));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) {
    return LocalFileError(ErrnoError(errno, "reading " + path.string()));
  }
  if (S_ISDIR(info.st_mode)) {
    return Storage(path.string() + " is a folder; give a file (tar makes one of a folder)");
  }
  return file;
}

std::optional<std::uint64_t> SizeOf(const FileDescriptor& file) {
  struct stat info {};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(info.st_size);
}

Result<std::size_t> ReadFully(int fd, MutableByteSpan buffer) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t got = ::read(fd, buffer.data() + done, buffer.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return LocalFileError(ErrnoError(errno, "reading the input"));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<Bytes> ReadInputFile(const std::filesystem::path& path, std::size_t max_bytes) {
  auto content = ReadFile(path, max_bytes);
  if (!content) return LocalFileError(std::move(content).error());
  return content;
}

Status WriteOutputFile(const std::filesystem::path& path, ByteSpan content, unsigned mode) {
  auto file = TRY(OutputFile::Create(path, mode));
  TRY(file.WriteAt(0, {content}));
  return file.Commit();
}

OutputFile::OutputFile(std::filesystem::path path, FileDescriptor file, bool named)
    : path_(std::move(path)), file_(std::move(file)), named_(named) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::move(other.file_)), named_(other.named_) {
  other.named_ = false;
}

OutputFile::~OutputFile() {
  if (named_) ::unlink(partial().c_str());
}

std::filesystem::path OutputFile::partial() const {
  return path_.string() + fmt::format(".partial-{}", ::getpid());
}

Error OutputFile::Failure(int error_number) const {
  return LocalFileError(ErrnoError(error_number, "writing " + path_.string()));
}

Result<OutputFile> OutputFile::Create(std::filesystem::path path, unsigned mode) {
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored)) {
    return Storage(path.string() + " is a folder; give the name of the file to write");
  }
  const std::string folder = FolderOf(path).string();
  FileDescriptor unnamed(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
  if (unnamed.valid()) return OutputFile(std::move(path), std::move(unnamed), false);
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) {
    return LocalFileError(ErrnoError(errno, "writing into " + folder));
  }
  OutputFile file(std::move(path), FileDescriptor(), false);
  file.file_ =
      FileDescriptor(::open(file.partial().c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, mode));
  if (!file.file_.valid()) return file.Failure(errno);
  file.named_ = true;
  return file;
}

Status OutputFile::WriteAt(std::uint64_t offset, std::initializer_list<ByteSpan> parts) {
  const std::string what = "writing " + path_.string();
  for (ByteSpan part : parts) {
    TRY(WritePartAt(file_.get(), offset, part, what));
    offset += part.size();
  }
  return {};
}

Status OutputFile::Commit() {
  if (::fsync(file_.get()) != 0) return Failure(errno);
  if (!named_) {
    // A name of its own first: linkat cannot replace an existing file, rename can.
    const std::string self = fmt::format("/proc/self/fd/{}", file_.get());
    ::unlink(partial().c_str());
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, partial().c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return Failure(errno);
    }
    named_ = true;
  }
  if (::rename(partial().c_str(), path_.c_str()) != 0) return Failure(errno);
  named_ = false;
  auto synced = SyncDirectory(FolderOf(path_));
  if (!synced) return LocalFileError(std::move(synced).error());
  return {};
}

}  // namespace vallum::cli
