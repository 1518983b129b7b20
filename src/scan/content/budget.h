// SPDX-License-Identifier: Apache-2.0
// Budget: how much a target may grow while it is unpacked. A few hundred bytes can claim to be
// terabytes; past these bounds a part of the target counts as not determined.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace vallum::scan {

struct Limits {
  std::uint64_t expanded_bytes = 256ULL << 30;    ///< by all decompression of one target
  std::uint64_t ratio = 400;                      ///< expanded to compressed, of one stream
  std::uint64_t ratio_free_bytes = 256ULL << 20;  ///< up to here the ratio does not count
  std::uint64_t entries = 5'000'000;              ///< of all archives of one target
  std::size_t depth = 8;                          ///< of archives within archives
  std::size_t path_bytes = 4096;                  ///< of one name in an archive
  std::size_t folder_depth = 512;
};

/// Budget counts for one target. Thread-safe.
class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits) {}
  const Limits& limits() const { return limits_; }
  /// Expand counts `count` more bytes of a stream that made `stream_out` out of `stream_in`.
  Status Expand(std::uint64_t count, std::uint64_t stream_in, std::uint64_t stream_out);
  Status Entry();

 private:
  const Limits limits_;
  std::atomic<std::uint64_t> expanded_ = 0;
  std::atomic<std::uint64_t> entries_ = 0;
};

}  // namespace vallum::scan
