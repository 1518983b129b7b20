// SPDX-License-Identifier: Apache-2.0
#include <zstd.h>

#include "scan/content/codec.h"

namespace vallum::scan {
namespace {

constexpr int kWindowLogMax = 27;  // 128 MiB: what the command line tool accepts unasked

class ZstdCodec final : public Codec {
 public:
  ZstdCodec() : stream_(ZSTD_createDStream()) {
    if (stream_ != nullptr) ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kWindowLogMax);
  }
  ZstdCodec(const ZstdCodec&) = delete;
  ZstdCodec& operator=(const ZstdCodec&) = delete;
  ~ZstdCodec() override { ZSTD_freeDStream(stream_); }

  Result<Step> Run(ByteSpan in, MutableByteSpan out) override {
    if (stream_ == nullptr) return ResourceExhausted("no memory for zstd");
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t rc = ZSTD_decompressStream(stream_, &output, &input);
    if (ZSTD_isError(rc) != 0) return InvalidArgument("the zstd data is damaged");
    return Step{.consumed = input.pos, .produced = output.pos, .finished = rc == 0};
  }
  Status Restart() override {
    if (ZSTD_isError(ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only)) != 0) {
      return Internal("zstd could not be reset");
    }
    return {};
  }

 private:
  ZSTD_DStream* stream_;
};

}  // namespace

CodecPtr MakeZstdCodec() { return std::make_unique<ZstdCodec>(); }

}  // namespace vallum::scan
