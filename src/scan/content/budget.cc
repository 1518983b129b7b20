// SPDX-License-Identifier: Apache-2.0
#include "scan/content/budget.h"

#include <fmt/format.h>

namespace vallum::scan {

Status Budget::Expand(std::uint64_t count, std::uint64_t stream_in, std::uint64_t stream_out) {
  if (stream_out > limits_.ratio_free_bytes && stream_out / limits_.ratio > stream_in) {
    return ResourceExhausted(fmt::format(
        "compressed data grows more than {} times; taken for an archive bomb", limits_.ratio));
  }
  if (expanded_.fetch_add(count) + count > limits_.expanded_bytes) {
    return ResourceExhausted(
        fmt::format("the target unpacks to more than {} bytes", limits_.expanded_bytes));
  }
  return {};
}

Status Budget::Entry() {
  if (entries_.fetch_add(1) < limits_.entries) return {};
  return ResourceExhausted(
      fmt::format("the target has more than {} archive entries", limits_.entries));
}

}  // namespace vallum::scan
