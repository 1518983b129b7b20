// SPDX-License-Identifier: Apache-2.0
#include <bzlib.h>

#include <algorithm>
#include <limits>

#include "scan/content/codec.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kMost = std::numeric_limits<unsigned>::max();

class Bzip2Codec final : public Codec {
 public:
  Bzip2Codec() { ready_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK; }
  Bzip2Codec(const Bzip2Codec&) = delete;
  Bzip2Codec& operator=(const Bzip2Codec&) = delete;
  ~Bzip2Codec() override {
    if (ready_) BZ2_bzDecompressEnd(&stream_);
  }

  Result<Step> Run(ByteSpan in, MutableByteSpan out) override {
    if (!ready_) return ResourceExhausted("no memory for bzip2");
    // The library's own types; it does not write to the input.
    stream_.next_in = const_cast<char*>(reinterpret_cast<const char*>(in.data()));
    stream_.avail_in = static_cast<unsigned>(std::min(in.size(), kMost));
    stream_.next_out = reinterpret_cast<char*>(out.data());
    stream_.avail_out = static_cast<unsigned>(std::min(out.size(), kMost));
    const int rc = BZ2_bzDecompress(&stream_);
    if (rc != BZ_OK && rc != BZ_STREAM_END) return InvalidArgument("the bzip2 data is damaged");
    return Step{.consumed = in.size() - stream_.avail_in,
                .produced = out.size() - stream_.avail_out,
                .finished = rc == BZ_STREAM_END};
  }
  Status Restart() override {
    BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    ready_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
    if (!ready_) return ResourceExhausted("no memory for bzip2");
    return {};
  }

 private:
  bz_stream stream_ = {};
  bool ready_ = false;
};

}  // namespace

CodecPtr MakeBzip2Codec() { return std::make_unique<Bzip2Codec>(); }

}  // namespace vallum::scan
