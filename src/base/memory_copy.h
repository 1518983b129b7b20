// SPDX-License-Identifier: Apache-2.0
// Tells one copy of a process's memory from another, however it was copied: fork, or a bare clone system
// call that no fork handler sees. For state that must not go on twice, such as a sequence of IVs.
#pragma once

#include <atomic>
#include <cstdint>

namespace vallum {

namespace detail {
// In a page that the kernel zeroes in a copy (MADV_WIPEONFORK); null before the first use.
extern std::atomic<std::atomic<std::uint64_t>*> memory_copy;
std::uint64_t MarkMemoryCopy();
}  // namespace detail

/// MemoryCopy is a number that stays the same in this copy of the memory and differs from that of the one
/// it was copied from. Threads share it, and so does whoever shares the memory (vfork). 0: the
/// kernel cannot tell, so nothing that was kept may be used again. Thread-safe, lock-free.
inline std::uint64_t MemoryCopy() {
  const auto* mark = detail::memory_copy.load(std::memory_order_acquire);
  const std::uint64_t number = mark == nullptr ? 0 : mark->load(std::memory_order_relaxed);
  return number != 0 ? number : detail::MarkMemoryCopy();
}

}  // namespace vallum
