// SPDX-License-Identifier: Apache-2.0
// The user's files: input of any kind, and output that appears under its name only when it is
// complete. Every failure is kStorage or kStorageFull, so that exit codes tell a missing file from a
// missing key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"

namespace vallum::cli {

/// LocalFileError keeps kStorageFull and makes every other code kStorage.
Error LocalFileError(Error error);

/// OpenInput opens a file or pipe for reading; a folder is refused.
Result<FileDescriptor> OpenInput(const std::filesystem::path& path);
/// SizeOf is a regular file's size; nothing for a pipe.
std::optional<std::uint64_t> SizeOf(const FileDescriptor& file);
/// ReadFully reads until `buffer` is full or the input ends, and returns how much it read.
Result<std::size_t> ReadFully(int fd, MutableByteSpan buffer);

/// ReadInputFile reads a whole small file (at most `max_bytes`).
Result<Bytes> ReadInputFile(const std::filesystem::path& path, std::size_t max_bytes);
/// WriteOutputFile replaces `path` as a whole.
Status WriteOutputFile(const std::filesystem::path& path, ByteSpan content, unsigned mode);

/// OutputFile is written without a name in the target's folder (or, where the file system cannot do
/// that, as NAME.partial-PID) and gets its name in Commit. Destroyed before that it leaves nothing.
/// WriteAt is thread-safe.
class OutputFile {
 public:
  static Result<OutputFile> Create(std::filesystem::path path, unsigned mode);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  /// WriteAt writes the parts one after the other from `offset` on.
  Status WriteAt(std::uint64_t offset, std::initializer_list<ByteSpan> parts);
  /// Commit makes the content durable, then gives the file its name, replacing what had it.
  Status Commit();

 private:
  OutputFile(std::filesystem::path path, FileDescriptor file, bool named);
  std::filesystem::path partial() const;
  Error Failure(int error_number) const;

  std::filesystem::path path_;
  FileDescriptor file_;
  bool named_;  ///< the temporary has a name in the folder, to be removed on failure
};

}  // namespace vallum::cli
