// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <algorithm>
#include <limits>

#include "scan/content/codec.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kMost = std::numeric_limits<uInt>::max();

class DeflateCodec final : public Codec {
 public:
  explicit DeflateCodec(DeflateForm form) {
    ready_ =
        inflateInit2(&stream_, form == DeflateForm::kGzip ? MAX_WBITS + 16 : -MAX_WBITS) == Z_OK;
  }
  DeflateCodec(const DeflateCodec&) = delete;
  DeflateCodec& operator=(const DeflateCodec&) = delete;
  ~DeflateCodec() override { inflateEnd(&stream_); }

  Result<Step> Run(ByteSpan in, MutableByteSpan out) override {
    if (!ready_) return ResourceExhausted("no memory for zlib");
    stream_.next_in = const_cast<Bytef*>(in.data());  // zlib's own type; it does not write there
    stream_.avail_in = static_cast<uInt>(std::min(in.size(), kMost));
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(std::min(out.size(), kMost));
    const int rc = inflate(&stream_, Z_NO_FLUSH);
    if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) {
      return InvalidArgument("the deflate data is damaged");
    }
    return Step{.consumed = in.size() - stream_.avail_in,
                .produced = out.size() - stream_.avail_out,
                .finished = rc == Z_STREAM_END};
  }
  Status Restart() override {
    if (inflateReset(&stream_) != Z_OK) return Internal("zlib could not be reset");
    return {};
  }

 private:
  z_stream stream_ = {};
  bool ready_ = false;
};

}  // namespace

CodecPtr MakeDeflateCodec(DeflateForm form) { return std::make_unique<DeflateCodec>(form); }

}  // namespace vallum::scan
