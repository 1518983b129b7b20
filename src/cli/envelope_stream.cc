// SPDX-License-Identifier: Apache-2.0
// A chunk's place in the output follows from its index, so threads need to agree on nothing but who
// takes which chunk, and on the first failure.
#include "cli/envelope_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "cli/chunk_source.h"
#include "cli/envelope.h"

namespace vallum::cli {
namespace {

constexpr unsigned kMaxWorkers = 4;

// Work runs one function over all chunks on several threads.
class Work {
 public:
  using Step = std::function<Result<std::uint64_t>(Chunk&, MutableByteSpan scratch)>;

  Work(ChunkSource& source, const EnvelopeStream& stream, Step step)
      : source_(source), stream_(stream), step_(std::move(step)) {}

  Result<EnvelopeTotals> Run() {
    const unsigned wanted = std::clamp(std::thread::hardware_concurrency(), 1u, kMaxWorkers);
    std::vector<std::thread> helpers;
    for (unsigned i = 1; i < wanted; ++i) helpers.emplace_back([this] { Worker(/*helper=*/true); });
    Worker(/*helper=*/false);
    for (std::thread& helper : helpers) helper.join();
    if (failure_) return *std::move(failure_);
    return EnvelopeTotals{plaintext_bytes_, chunks_};
  }

 private:
  // Locked memory may not suffice for every helper; the caller's own thread is enough.
  void Worker(bool helper) {
    auto buffer = SecretBytes::Create(source_.BufferSize());
    auto scratch = SecretBytes::Create(source_.BufferSize());
    if (!buffer || !scratch) {
      if (!helper) Fail(buffer ? std::move(scratch).error() : std::move(buffer).error());
      return;
    }
    while (!stop_) {
      auto more = OneChunk(buffer->mutable_span(), scratch->mutable_span());
      if (!more) return Fail(std::move(more).error());
      if (!*more) return;
    }
  }

  Result<bool> OneChunk(MutableByteSpan buffer, MutableByteSpan scratch) {
    auto chunk = TRY(source_.Next(buffer));
    if (!chunk) return false;
    const std::uint64_t plaintext = TRY(step_(*chunk, scratch));
    plaintext_bytes_ += plaintext;
    ++chunks_;
    if (stream_.progress) stream_.progress(plaintext_bytes_);
    return !chunk->last;
  }

  void Fail(Error error) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(error);
    stop_ = true;
  }

  ChunkSource& source_;
  const EnvelopeStream& stream_;
  Step step_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::uint64_t> plaintext_bytes_ = 0;
  std::atomic<std::uint64_t> chunks_ = 0;
  std::mutex mutex_;
  std::optional<Error> failure_;
};

Error Altered(std::uint64_t index) {
  return Error(
      Code::kVerifyFailed,
      fmt::format("chunk {} of the envelope does not authenticate: the file was altered, cut "
                  "off or put together anew; restore it from a copy",
                  index));
}

using HeaderHash = std::array<std::uint8_t, 32>;

Result<std::uint64_t> SealChunk(const EnvelopeStream& stream, const HeaderHash& hash,
                                const Chunk& chunk) {
  const EnvelopeAad aad = ChunkAad(hash, chunk.index, chunk.last);
  auto sealed = TRY(stream.module.Encrypt(stream.data_key, chunk.bytes, aad)).value;
  const std::uint64_t stride = stream.chunk_size + kEnvelopeChunkOverhead;
  TRY(stream.output.WriteAt(stream.header.size() + chunk.index * stride,
                            {sealed.iv, sealed.tag, sealed.data}));
  return chunk.bytes.size();
}

Result<std::uint64_t> OpenChunk(const EnvelopeStream& stream, const HeaderHash& hash,
                                const Chunk& chunk, MutableByteSpan scratch) {
  if (chunk.bytes.size() < kEnvelopeChunkOverhead) return Altered(chunk.index);
  const ByteSpan iv = chunk.bytes.first(kEnvelopeIvSize);
  const ByteSpan tag = chunk.bytes.subspan(kEnvelopeIvSize, kEnvelopeTagSize);
  const ByteSpan sealed = chunk.bytes.subspan(kEnvelopeChunkOverhead);
  if (sealed.empty() && chunk.index != 0) return Altered(chunk.index);
  const EnvelopeAad aad = ChunkAad(hash, chunk.index, chunk.last);
  const MutableByteSpan plaintext = scratch.first(sealed.size());
  auto opened = stream.module.DecryptInto(stream.data_key, iv, sealed, tag, aad, plaintext);
  if (!opened && opened.error().code() == Code::kVerifyFailed) return Altered(chunk.index);
  if (!opened) return std::move(opened).error();
  TRY(stream.output.WriteAt(chunk.index * stream.chunk_size, {plaintext}));
  return plaintext.size();
}

}  // namespace

Result<EnvelopeTotals> SealStream(const EnvelopeStream& stream) {
  const HeaderHash hash = TRY(stream.module.Sha256({stream.header}));
  TRY(stream.output.WriteAt(0, {stream.header}));
  auto source = TRY(ChunkSource::Create(stream.input, stream.chunk_size, {}));
  return Work(source, stream,
              [&](Chunk& chunk, MutableByteSpan) { return SealChunk(stream, hash, chunk); })
      .Run();
}

Result<EnvelopeTotals> OpenStream(const EnvelopeStream& stream, ByteSpan front) {
  const HeaderHash hash = TRY(stream.module.Sha256({stream.header}));
  auto source =
      TRY(ChunkSource::Create(stream.input, stream.chunk_size + kEnvelopeChunkOverhead, front));
  return Work(source, stream,
              [&](Chunk& chunk, MutableByteSpan scratch) {
                return OpenChunk(stream, hash, chunk, scratch);
              })
      .Run();
}

}  // namespace vallum::cli
