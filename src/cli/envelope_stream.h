// SPDX-License-Identifier: Apache-2.0
// The chunks of an envelope (docs/formats/envelope.md), sealed and opened by a few threads in bounded
// memory: each takes the next chunk, works on it, and writes it where it belongs.
#pragma once

#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/local_file.h"
#include "module/module.h"

namespace vallum::cli {

/// EnvelopeStream is what sealing and opening need. All references must outlive the call.
struct EnvelopeStream {
  module::Module& module;
  module::Key& data_key;  ///< aes-256-gcm; to seal with its invocations granted
  ByteSpan header;        ///< as in the file
  std::uint32_t chunk_size = 0;
  int input = -1;
  OutputFile& output;
  std::function<void(std::uint64_t plaintext_bytes)>
      progress;  ///< called from any thread, or empty
};

struct EnvelopeTotals {
  std::uint64_t plaintext_bytes = 0;
  std::uint64_t chunks = 0;
};

/// SealStream writes header and chunks of the whole input. The caller commits the output.
Result<EnvelopeTotals> SealStream(const EnvelopeStream& stream);

/// OpenStream reads chunks (first those in `front`, read ahead of the input) and writes plaintext.
/// kVerifyFailed when anything was altered, cut off, appended or reordered: then the caller must drop
/// the output.
Result<EnvelopeTotals> OpenStream(const EnvelopeStream& stream, ByteSpan front);

}  // namespace vallum::cli
