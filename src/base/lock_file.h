// SPDX-License-Identifier: Apache-2.0
// LockFile: one process at a time.
#pragma once

#include <filesystem>

#include "base/file.h"
#include "base/result.h"

namespace vallum {

/// LockFile holds an exclusive flock on a small file that names the holder's process. The kernel
/// lets go of it when the object or the process dies, however it dies; the file itself stays.
class LockFile {
 public:
  /// Acquire creates `path` (mode 0600) and locks it without waiting. kUnavailable when somebody
  /// else holds it: the message names the process; kPermissionDenied when the folder cannot be
  /// written.
  static Result<LockFile> Acquire(const std::filesystem::path& path);

 private:
  explicit LockFile(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace vallum
