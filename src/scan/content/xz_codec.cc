// SPDX-License-Identifier: Apache-2.0
#include <lzma.h>

#include "scan/content/codec.h"

namespace vallum::scan {
namespace {

constexpr std::uint64_t kMemory = 256ULL << 20;

class XzCodec final : public Codec {
 public:
  XzCodec() { ready_ = Begin(); }
  XzCodec(const XzCodec&) = delete;
  XzCodec& operator=(const XzCodec&) = delete;
  ~XzCodec() override { lzma_end(&stream_); }

  Result<Step> Run(ByteSpan in, MutableByteSpan out) override {
    if (!ready_) return ResourceExhausted("no memory for xz");
    stream_.next_in = in.data();
    stream_.avail_in = in.size();
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    const lzma_ret rc = lzma_code(&stream_, LZMA_RUN);
    if (rc == LZMA_MEMLIMIT_ERROR) return ResourceExhausted("the xz data wants too much memory");
    if (rc != LZMA_OK && rc != LZMA_STREAM_END && rc != LZMA_BUF_ERROR) {
      return InvalidArgument("the xz data is damaged");
    }
    return Step{.consumed = in.size() - stream_.avail_in,
                .produced = out.size() - stream_.avail_out,
                .finished = rc == LZMA_STREAM_END};
  }
  Status Restart() override {
    if (!Begin()) return ResourceExhausted("no memory for xz");
    return {};
  }

 private:
  // The check at the end of a block can be SHA-256 in liblzma's own code, which must not run here.
  bool Begin() { return lzma_stream_decoder(&stream_, kMemory, LZMA_IGNORE_CHECK) == LZMA_OK; }

  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ready_ = false;
};

}  // namespace

CodecPtr MakeXzCodec() { return std::make_unique<XzCodec>(); }

}  // namespace vallum::scan
