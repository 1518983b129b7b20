// SPDX-License-Identifier: Apache-2.0
#include "scan/content/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace vallum::scan {
namespace {

/// Not every file system has files without a name.
FileDescriptor OpenNameless(const std::string& folder) {
  FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.valid()) return file;
  std::string name = folder + "/vallum-scan-XXXXXX";
  file = FileDescriptor(::mkostemp(name.data(), O_CLOEXEC));
  if (file.valid()) ::unlink(name.c_str());
  return file;
}

}  // namespace

Status Spool::MoveToFile() {
  file_ = OpenNameless(scratch_.folder);
  if (!file_.valid()) return ErrnoError(errno, "making a temporary file in " + scratch_.folder);
  TRY(WriteAll(file_.get(), memory_, "a temporary file"));
  memory_ = {};
  return {};
}

Status Spool::Append(ByteSpan bytes) {
  if (bytes.size() > scratch_.file_bytes - std::min(size_, scratch_.file_bytes)) {
    return ResourceExhausted(
        fmt::format("more than {} bytes would have to be kept aside", scratch_.file_bytes));
  }
  size_ += bytes.size();
  if (!file_.valid() && size_ > scratch_.memory_bytes) TRY(MoveToFile());
  if (file_.valid()) return WriteAll(file_.get(), bytes, "a temporary file");
  vallum::Append(memory_, bytes);
  return {};
}

ContentPtr Spool::Finish() && {
  if (file_.valid()) return FileContent(std::move(file_), size_);
  return BytesContent(std::move(memory_));
}

}  // namespace vallum::scan
