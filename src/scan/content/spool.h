// SPDX-License-Identifier: Apache-2.0
// Spool collects bytes as they come and hands them out as a content.
#pragma once

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "scan/content/byte_stream.h"
#include "scan/content/content.h"

namespace vallum::scan {

/// Spool is used by one thread.
class Spool {
 public:
  explicit Spool(const Scratch& scratch) : scratch_(scratch) {}
  /// Append is kResourceExhausted past the scratch's bound and kStorage or kStorageFull when the
  /// temporary file cannot be written.
  Status Append(ByteSpan bytes);
  /// Finish ends the spool.
  ContentPtr Finish() &&;

 private:
  Status MoveToFile();
  const Scratch& scratch_;
  Bytes memory_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace vallum::scan
