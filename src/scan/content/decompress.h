// SPDX-License-Identifier: Apache-2.0
// Decompression as a stream: gzip, zstd, xz, bzip2, and the raw deflate of zip archives. The content's
// first bytes say which, never a name.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "scan/content/budget.h"
#include "scan/content/byte_stream.h"

namespace vallum::scan {

enum class Compression : std::uint8_t { kNone, kGzip, kZstd, kXz, kBzip2, kDeflate };

/// CompressionOf looks at the first bytes (six are enough); never kDeflate, which has no mark.
Compression CompressionOf(ByteSpan head);
std::string_view CompressionName(Compression compression);

/// Decompress wraps `input`. Reading from the result is kInvalidArgument when the data is damaged or
/// ends early, and kResourceExhausted when it grows past `budget`, which must outlive the stream.
/// kNone returns the input itself.
Result<ByteStreamPtr> Decompress(Compression compression, ByteStreamPtr input, Budget& budget);

}  // namespace vallum::scan
