// SPDX-License-Identifier: Apache-2.0
#include "base/thread_index.h"

#include <array>
#include <atomic>
#include <bit>

namespace vallum::detail {

constinit thread_local std::uint32_t thread_index = 0;

namespace {

constexpr std::uint32_t kBits = 64;

// A set bit is a number in use. No lock, so that a fork cannot copy a closed one.
constinit std::array<std::atomic<std::uint64_t>, kMostThreadIndices / kBits> in_use{};

std::uint32_t TakeFrom(std::uint32_t word) {
  std::uint64_t now = in_use[word].load(std::memory_order_relaxed);
  while (~now != 0) {
    const auto bit = static_cast<std::uint32_t>(std::countr_one(now));
    if (in_use[word].compare_exchange_weak(now, now | std::uint64_t{1} << bit,
                                           std::memory_order_acquire)) {
      return word * kBits + bit + 1;
    }
  }
  return 0;
}

struct GiveBack {
  ~GiveBack() {
    const std::uint32_t number = thread_index - 1;
    thread_index = kNoThreadIndex;
    in_use[number / kBits].fetch_and(~(std::uint64_t{1} << number % kBits),
                                     std::memory_order_release);
  }
};

}  // namespace

std::uint32_t TakeThreadIndex() {
  for (std::uint32_t word = 0; word < in_use.size() && thread_index == 0; ++word) {
    thread_index = TakeFrom(word);
  }
  if (thread_index == 0) return thread_index = kNoThreadIndex;
  static thread_local const GiveBack at_the_end;
  return thread_index;
}

}  // namespace vallum::detail
