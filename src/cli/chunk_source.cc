// SPDX-License-Identifier: Apache-2.0
#include "cli/chunk_source.h"

#include <algorithm>

#include "cli/local_file.h"

namespace vallum::cli {

Result<ChunkSource> ChunkSource::Create(int fd, std::size_t chunk_size, ByteSpan front) {
  ChunkSource source(fd, chunk_size);
  TRY(source.front_.Append(front));
  return source;
}

// Takes the byte read ahead, then what was read before, then the file.
Result<std::size_t> ChunkSource::Fill(MutableByteSpan buffer) {
  std::size_t filled = 0;
  if (ahead_) buffer[filled++] = *ahead_;
  ahead_.reset();
  const std::size_t from_front = std::min(front_.size(), buffer.size() - filled);
  std::copy_n(front_.span().begin(), from_front, buffer.begin() + filled);
  front_.ConsumeFront(from_front);
  filled += from_front;
  return filled + TRY(ReadFully(fd_, buffer.subspan(filled)));
}

Result<std::optional<Chunk>> ChunkSource::Next(MutableByteSpan buffer) {
  const std::lock_guard lock(mutex_);
  if (ended_) return std::optional<Chunk>();
  const std::size_t got = TRY(Fill(buffer.first(BufferSize())));
  const bool last = got <= chunk_size_;
  if (!last) ahead_ = buffer[chunk_size_];
  ended_ = last;
  return std::optional<Chunk>({next_++, buffer.first(std::min(got, chunk_size_)), last});
}

}  // namespace vallum::cli
