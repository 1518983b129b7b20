// SPDX-License-Identifier: Apache-2.0
// What follows the last member of a gzip, zstd, xz or bzip2 file is ignored when it begins no other
// member, as the tools do that container runtimes use.
#include "scan/content/decompress.h"

#include <algorithm>
#include <array>

#include "scan/content/codec.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kInputChunk = 128U << 10;
constexpr std::size_t kFirstChunk = 4U << 10;  // of most streams only the beginning is wanted

struct Magic {
  Compression compression;
  std::string_view bytes;
};
constexpr std::array<Magic, 4> kMagics = {{{Compression::kGzip, "\x1f\x8b\x08"},
                                           {Compression::kZstd, "\x28\xb5\x2f\xfd"},
                                           {Compression::kXz, {"\xfd\x37\x7a\x58\x5a\x00", 6}},
                                           {Compression::kBzip2, "BZh"}}};

CodecPtr MakeCodec(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return MakeDeflateCodec(DeflateForm::kGzip);
    case Compression::kDeflate:
      return MakeDeflateCodec(DeflateForm::kRaw);
    case Compression::kZstd:
      return MakeZstdCodec();
    case Compression::kXz:
      return MakeXzCodec();
    case Compression::kBzip2:
      return MakeBzip2Codec();
    case Compression::kNone:
      break;
  }
  return nullptr;
}

class DecompressedStream final : public ByteStream {
 public:
  DecompressedStream(Compression compression, ByteStreamPtr input, Budget& budget)
      : compression_(compression),
        codec_(MakeCodec(compression)),
        input_(std::move(input)),
        budget_(budget),
        buffer_(kFirstChunk) {}

  Result<std::size_t> Read(MutableByteSpan out) override {
    while (!done_ && !out.empty()) {
      if (rest_.empty() && !input_ended_) TRY(Fill());
      if (between_members_ && TRY(AtTheEnd())) break;
      const Codec::Step step = TRY(codec_->Run(rest_, out));
      rest_ = rest_.subspan(step.consumed);
      between_members_ = step.finished;
      made_ += step.produced;
      if (step.produced != 0) {
        TRY(budget_.Expand(step.produced, taken_, made_));
        return step.produced;
      }
      if (step.finished || step.consumed != 0) continue;
      if (rest_.empty() && input_ended_) return InvalidArgument("the compressed data ends early");
      if (!rest_.empty()) return InvalidArgument("the compressed data is damaged");
    }
    return std::size_t{0};
  }

 private:
  Status Fill() {
    if (taken_ != 0 && buffer_.size() < kInputChunk) buffer_.resize(kInputChunk);
    const std::size_t got = TRY(input_->Read(buffer_));
    input_ended_ = got == 0;
    taken_ += got;
    rest_ = ByteSpan(buffer_).first(got);
    return {};
  }

  /// After a member: is there another one? If so the codec is ready for it.
  Result<bool> AtTheEnd() {
    done_ = compression_ == Compression::kDeflate || rest_.empty() || !TRY(MemberFollows());
    if (!done_) TRY(codec_->Restart());
    between_members_ = false;
    return done_;
  }

  Result<bool> MemberFollows() {
    if (rest_.size() < kLongestMagic) {  // the mark may lie across two chunks
      const std::size_t kept = rest_.size();
      std::copy(rest_.begin(), rest_.end(), buffer_.begin());
      const std::size_t more = TRY(ReadFull(*input_, MutableByteSpan(buffer_).subspan(kept)));
      taken_ += more;
      rest_ = ByteSpan(buffer_).first(kept + more);
    }
    return CompressionOf(rest_) == compression_;
  }

  static constexpr std::size_t kLongestMagic = 6;
  const Compression compression_;
  const CodecPtr codec_;
  const ByteStreamPtr input_;
  Budget& budget_;
  Bytes buffer_;
  ByteSpan rest_;
  std::uint64_t taken_ = 0;
  std::uint64_t made_ = 0;
  bool input_ended_ = false;
  bool between_members_ = false;
  bool done_ = false;
};

}  // namespace

Compression CompressionOf(ByteSpan head) {
  // A zstd frame that holds nothing may stand before the first one that does (RFC 8878, 3.1.2).
  if (head.size() >= 4 && (head[0] & 0xf0) == 0x50 && AsText(head).substr(1, 3) == "\x2a\x4d\x18") {
    return Compression::kZstd;
  }
  for (const Magic& magic : kMagics) {
    if (AsText(head).starts_with(magic.bytes)) return magic.compression;
  }
  return Compression::kNone;
}

std::string_view CompressionName(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return "none";
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
    case Compression::kXz:
      return "xz";
    case Compression::kBzip2:
      return "bzip2";
    case Compression::kDeflate:
      return "deflate";
  }
  return "unknown";
}

Result<ByteStreamPtr> Decompress(Compression compression, ByteStreamPtr input, Budget& budget) {
  if (compression == Compression::kNone) return input;
  return ByteStreamPtr(std::make_unique<DecompressedStream>(compression, std::move(input), budget));
}

}  // namespace vallum::scan
