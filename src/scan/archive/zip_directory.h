// SPDX-License-Identifier: Apache-2.0
// The central directory of a zip archive (PKWARE APPNOTE.TXT 4.3.12 to 4.3.16, with Zip64). Private to
// the folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "scan/content/content.h"

namespace vallum::scan {

struct ZipRecord {
  std::string name;
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint64_t packed = 0;
  std::uint64_t size = 0;
  std::uint64_t header = 0;  ///< where its local header stands in the content
};

struct ZipDirectory {
  std::uint64_t offset = 0;  ///< in the content
  std::uint64_t size = 0;
  std::uint64_t entries = 0;
  std::uint64_t shift = 0;  ///< bytes before the archive, as in a self-extracting one
};

/// FindZipDirectory looks for the end record in the last 64 KiB. kInvalidArgument when there is none,
/// or it points outside.
Result<ZipDirectory> FindZipDirectory(const Content& content);
/// ParseZipRecord takes one record off the front of `rest`. kInvalidArgument when damaged.
Result<ZipRecord> ParseZipRecord(ByteSpan& rest, std::uint64_t shift);

}  // namespace vallum::scan
