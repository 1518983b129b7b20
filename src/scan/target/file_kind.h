// SPDX-License-Identifier: Apache-2.0
// What a file is, by its first bytes alone: names and mode bits lie.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace vallum::scan {

enum class FileKind : std::uint8_t {
  kEmpty,
  kElf,
  kZip,
  kTar,
  kCompressed,  ///< gzip, zstd, xz, bzip2
  kJavaClass,
  kWasm,
  kPe,
  kMachO,
  kAr,  ///< static libraries and Debian packages
  kRpm,
  kOther,
};
inline constexpr std::size_t kFileKinds = static_cast<std::size_t>(FileKind::kOther) + 1;

/// KindOf wants the first 512 bytes, fewer only when the file has fewer.
FileKind KindOf(ByteSpan head);
/// KindName is a stable name for reports.
std::string_view KindName(FileKind kind);
/// IsArchive says whether the scanner looks inside files of this kind.
constexpr bool IsArchive(FileKind kind) {
  return kind == FileKind::kZip || kind == FileKind::kTar || kind == FileKind::kCompressed;
}

}  // namespace vallum::scan
