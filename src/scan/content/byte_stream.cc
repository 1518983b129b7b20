// SPDX-License-Identifier: Apache-2.0
#include "scan/content/byte_stream.h"

#include <algorithm>
#include <array>

#include "scan/content/spool.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kChunk = 256U << 10;

Error EndsEarly() { return InvalidArgument("the stream ends before the bytes that it promised"); }

class ContentStream final : public ByteStream {
 public:
  explicit ContentStream(ContentPtr content) : content_(std::move(content)) {}

  Result<std::size_t> Read(MutableByteSpan out) override {
    const std::size_t got = TRY(content_->ReadAt(position_, out));
    position_ += got;
    return got;
  }
  Status Skip(std::uint64_t count) override {
    if (count > content_->size() - position_) return EndsEarly();
    position_ += count;
    return {};
  }
  Result<ContentPtr> Take(ByteSpan head, std::uint64_t count, const Scratch&) override {
    const std::uint64_t start = position_ - head.size();
    TRY(Skip(count));
    return RangeContent(content_, start, head.size() + count);
  }

 private:
  const ContentPtr content_;
  std::uint64_t position_ = 0;  ///< never past the end
};

/// Moves at most `limit` bytes to `spool` (nowhere when null) and returns how many there were.
Result<std::uint64_t> Drain(ByteStream& stream, std::uint64_t limit, Spool* spool) {
  Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(limit, kChunk)));
  std::uint64_t done = 0;
  while (done < limit) {
    const auto want =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), limit - done));
    const std::size_t got = TRY(stream.Read(MutableByteSpan(buffer).first(want)));
    if (got == 0) break;
    if (spool != nullptr) TRY(spool->Append(ByteSpan(buffer).first(got)));
    done += got;
  }
  return done;
}

}  // namespace

Status ByteStream::Skip(std::uint64_t count) {
  if (TRY(Drain(*this, count, nullptr)) < count) return EndsEarly();
  return {};
}

Result<ContentPtr> ByteStream::Take(ByteSpan head, std::uint64_t count, const Scratch& scratch) {
  Spool spool(scratch);
  TRY(spool.Append(head));
  if (TRY(Drain(*this, count, &spool)) < count) return EndsEarly();
  return std::move(spool).Finish();
}

ByteStreamPtr StreamOf(ContentPtr content) {
  return std::make_unique<ContentStream>(std::move(content));
}

Result<std::size_t> ReadFull(ByteStream& stream, MutableByteSpan out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t got = TRY(stream.Read(out.subspan(done)));
    if (got == 0) break;
    done += got;
  }
  return done;
}

Result<ContentPtr> KeepAll(ByteStream& stream, ByteSpan head, const Scratch& scratch) {
  Spool spool(scratch);
  TRY(spool.Append(head));
  TRY(Drain(stream, UINT64_MAX, &spool));
  return std::move(spool).Finish();
}

}  // namespace vallum::scan
