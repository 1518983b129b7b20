// SPDX-License-Identifier: Apache-2.0
// Content: the bytes of one file, wherever they are: memory, a file of the machine, a part of an
// archive. Parsers read what they need and never more.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"

namespace vallum::scan {

/// Content may be read from several threads at once.
class Content {
 public:
  virtual ~Content() = default;
  virtual std::uint64_t size() const = 0;
  /// ReadAt fills `out` from `offset` on and returns how much there was: less than asked for only at
  /// the end. kStorage when it cannot be read, or became shorter than size() since it was opened.
  virtual Result<std::size_t> ReadAt(std::uint64_t offset, MutableByteSpan out) const = 0;
};

using ContentPtr = std::shared_ptr<const Content>;

/// BytesContent is content in memory.
ContentPtr BytesContent(Bytes bytes);
/// FileContent reads `size` bytes of an open file from its beginning; it takes the descriptor over.
ContentPtr FileContent(FileDescriptor file, std::uint64_t size);
/// RangeContent is a part of another content; what lies past that one's end is cut off.
ContentPtr RangeContent(ContentPtr whole, std::uint64_t offset, std::uint64_t size);

/// ReadRange returns exactly `count` bytes; kInvalidArgument when the content ends before.
Result<Bytes> ReadRange(const Content& content, std::uint64_t offset, std::size_t count);
/// ReadUpTo returns at most `count` bytes, fewer at the end.
Result<Bytes> ReadUpTo(const Content& content, std::uint64_t offset, std::size_t count);

}  // namespace vallum::scan
