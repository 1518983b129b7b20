// SPDX-License-Identifier: Apache-2.0
#include "base/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

namespace vallum {
namespace {

std::string HolderOf(const FileDescriptor& file) {
  std::array<char, 20> text{};
  const ssize_t size = pread(file.get(), text.data(), text.size(), 0);
  const std::string_view digits(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  const std::string_view pid = digits.substr(0, digits.find_first_not_of("0123456789"));
  return pid.empty() ? "another process" : "process " + std::string(pid);
}

}  // namespace

Result<LockFile> LockFile::Acquire(const std::filesystem::path& path) {
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) {
    const std::string what = "opening the lock file " + path.string();
    if (errno == EACCES || errno == EROFS || errno == EPERM) {
      return PermissionDenied(what + ": make the folder writable for this user");
    }
    return ErrnoError(errno, what);
  }
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoError(errno, "locking " + path.string());
    return Error(Code::kUnavailable, path.string() + " is held by " + HolderOf(file) +
                                         "; stop it, or choose another folder");
  }
  // The process id is a courtesy to the reader: a full disk must not keep the owner out.
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(file.get(), 0) != 0 || pwrite(file.get(), pid.data(), pid.size(), 0) < 0) errno = 0;
  return LockFile(std::move(file));
}

}  // namespace vallum
