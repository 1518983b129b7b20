// SPDX-License-Identifier: Apache-2.0
// TarReader: the entries of a tar archive (V7, ustar, pax, GNU), in the order in which they stand.
//
//   TarReader tar(std::move(stream), budget);
//   while (auto entry = TRY(tar.Next())) {
//     auto body = TRY(tar.Body(*entry, wanted, scratch));   // null when `wanted` said no
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "scan/archive/path.h"
#include "scan/archive/tar_header.h"
#include "scan/content/budget.h"
#include "scan/content/byte_stream.h"

namespace vallum::scan {

enum class TarType : std::uint8_t {
  kFile,
  kHardLink,
  kSymbolicLink,
  kFolder,
  kSpecial,  ///< devices, pipes
  kSparse,   ///< a file with holes in GNU's forms, which is not put together
  kOther,    ///< a type that no standard names; it has the bytes of a file
};

struct TarEntry {
  InnerPath path;
  TarType type = TarType::kFile;
  std::uint64_t size = 0;
  std::string link;  ///< as written: where a link of either kind points
};

/// TarReader is used by one thread. After an error nothing more can be read.
class TarReader {
 public:
  TarReader(ByteStreamPtr stream, Budget& budget) : stream_(std::move(stream)), budget_(budget) {}
  /// Next moves on to the next entry, or nothing after the last. kInvalidArgument when the archive is
  /// damaged or ends early, kResourceExhausted past the budget.
  Result<std::optional<TarEntry>> Next();

  /// Wanted decides by the first bytes (at most kHeadBytes) whether an entry is of interest.
  using Wanted = std::function<bool(ByteSpan head)>;
  static constexpr std::size_t kHeadBytes = 512;
  /// Body is the content of the entry that Next returned last, at most once. Null when not wanted:
  /// then nothing is kept. Contents of a StreamOf(...) are not copied.
  Result<ContentPtr> Body(const TarEntry& entry, const Wanted& wanted, const Scratch& scratch);

 private:
  struct Extension;
  Result<std::optional<TarHeader>> ReadHeader();
  Status SkipSparseMap();
  Result<std::string> ReadText(std::uint64_t size);
  Status Extend(const TarHeader& header, Extension& extension);
  Result<TarEntry> ToEntry(TarHeader header, Extension extension);

  const ByteStreamPtr stream_;
  Budget& budget_;
  std::uint64_t left_ = 0;     ///< of the current entry's bytes
  std::uint64_t padding_ = 0;  ///< after them
};

}  // namespace vallum::scan
