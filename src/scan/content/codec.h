// SPDX-License-Identifier: Apache-2.0
// Codec: one decompressor behind decompress.h. Private to the folder.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace vallum::scan {

/// Codec is used by one thread.
class Codec {
 public:
  virtual ~Codec() = default;
  struct Step {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    bool finished = false;  ///< a member ended; more input may begin another one
  };
  /// Run takes from `in` and writes to `out` what it can; kInvalidArgument on damaged data.
  virtual Result<Step> Run(ByteSpan in, MutableByteSpan out) = 0;
  /// Restart begins a further member (gzip, zstd, bzip2 and xz files may have several).
  virtual Status Restart() = 0;
};

using CodecPtr = std::unique_ptr<Codec>;

enum class DeflateForm : std::uint8_t { kGzip, kRaw };
CodecPtr MakeDeflateCodec(DeflateForm form);
CodecPtr MakeZstdCodec();
CodecPtr MakeXzCodec();
CodecPtr MakeBzip2Codec();

}  // namespace vallum::scan
