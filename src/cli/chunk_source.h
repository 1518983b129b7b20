// SPDX-License-Identifier: Apache-2.0
// An input cut into chunks of one size, handed out in order to any number of threads.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace vallum::cli {

/// Chunk is a view into the caller's buffer.
struct Chunk {
  std::uint64_t index = 0;
  MutableByteSpan bytes;
  bool last = false;
};

/// ChunkSource reads one byte ahead, so that it knows the last chunk of a pipe too. Thread-safe.
class ChunkSource {
 public:
  /// `front` is what the caller has read from `fd` already.
  static Result<ChunkSource> Create(int fd, std::size_t chunk_size, ByteSpan front);
  ChunkSource(ChunkSource&& other) noexcept
      : fd_(other.fd_), chunk_size_(other.chunk_size_), front_(std::move(other.front_)) {}

  /// BufferSize is what Next needs of its caller.
  std::size_t BufferSize() const { return chunk_size_ + 1; }
  /// Next fills `buffer` with the next chunk; nothing after the last one. An empty input is one empty
  /// last chunk.
  Result<std::optional<Chunk>> Next(MutableByteSpan buffer);

 private:
  ChunkSource(int fd, std::size_t chunk_size) : fd_(fd), chunk_size_(chunk_size) {}
  Result<std::size_t> Fill(MutableByteSpan buffer);

  int fd_;
  std::size_t chunk_size_;
  std::mutex mutex_;
  SecretBuffer front_;                 ///< read by the caller, not handed out yet
  std::optional<std::uint8_t> ahead_;  ///< comes before front_
  std::uint64_t next_ = 0;
  bool ended_ = false;
};

}  // namespace vallum::cli
