// SPDX-License-Identifier: Apache-2.0
// ByteStream: bytes that come once, from front to back, such as those of a compressed layer.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "scan/content/content.h"

namespace vallum::scan {

/// Scratch is where bytes that come only once are kept while a parser needs them at random: small
/// ones in memory, others in a nameless temporary file.
struct Scratch {
  std::string folder = "/var/tmp";
  std::uint64_t memory_bytes = 4U << 20;   ///< larger contents go to a file
  std::uint64_t file_bytes = 64ULL << 30;  ///< larger ones are kResourceExhausted
};

/// ByteStream is used by one thread.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Read returns how much it put into `out`: 0 at the end, and otherwise what came first, which may
  /// be less than asked for.
  virtual Result<std::size_t> Read(MutableByteSpan out) = 0;
  /// Skip moves on by `count` bytes; kInvalidArgument when the stream ends before.
  virtual Status Skip(std::uint64_t count);
  /// Take turns the `head`, which was read just before, and the next `count` bytes into a content.
  /// kInvalidArgument when the stream ends before.
  virtual Result<ContentPtr> Take(ByteSpan head, std::uint64_t count, const Scratch& scratch);
};

using ByteStreamPtr = std::unique_ptr<ByteStream>;

/// StreamOf reads a content from its beginning. Its Skip and Take read nothing.
ByteStreamPtr StreamOf(ContentPtr content);

/// ReadFull reads until `out` is full or the stream ends, and returns how much there was.
Result<std::size_t> ReadFull(ByteStream& stream, MutableByteSpan out);
/// KeepAll puts `head` and everything that is left of the stream into a content.
Result<ContentPtr> KeepAll(ByteStream& stream, ByteSpan head, const Scratch& scratch);

}  // namespace vallum::scan
