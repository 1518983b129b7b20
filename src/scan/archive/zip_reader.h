// SPDX-License-Identifier: Apache-2.0
// ZipReader: the entries of a zip archive (jar, war, wheel, apk), as its central directory lists them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "scan/archive/path.h"
#include "scan/archive/zip_directory.h"
#include "scan/content/budget.h"
#include "scan/content/byte_stream.h"

namespace vallum::scan {

struct ZipEntry {
  InnerPath path;
  bool is_folder = false;
  ZipRecord record;
};

/// ZipReader is used by one thread.
class ZipReader {
 public:
  /// Open is kInvalidArgument when there is no usable directory, kResourceExhausted when it is larger
  /// than 256 MiB. `budget` must outlive the reader.
  static Result<ZipReader> Open(ContentPtr content, Budget& budget);
  /// Next is the next entry, or nothing after the last. An entry whose name is refused is an error and
  /// the reader goes on behind it; after kIntegrity the directory cannot be read on.
  Result<std::optional<ZipEntry>> Next();
  /// Wanted decides by the first bytes (at most kHeadBytes) whether an entry is of interest.
  using Wanted = std::function<bool(ByteSpan head)>;
  static constexpr std::size_t kHeadBytes = 512;
  /// Body unpacks an entry: stored or deflated. Null when not wanted: then no more than its beginning is
  /// unpacked, and damage behind that is not seen. kUnsupported when it is encrypted or packed in
  /// another way, kInvalidArgument when damaged or of another size than the directory says,
  /// kResourceExhausted when entries overlap (an archive bomb) or the budget is used up.
  Result<ContentPtr> Body(const ZipEntry& entry, const Wanted& wanted, const Scratch& scratch);

 private:
  Result<ByteStreamPtr> Open(const ZipRecord& record);
  ZipReader(ContentPtr content, Budget& budget, ZipDirectory directory, Bytes records);
  const ContentPtr content_;
  Budget& budget_;
  const ZipDirectory directory_;
  Bytes records_;
  ByteSpan rest_;
  std::uint64_t packed_ = 0;  ///< of the entries that were unpacked
};

}  // namespace vallum::scan
