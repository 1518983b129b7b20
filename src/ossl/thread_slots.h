// SPDX-License-Identifier: Apache-2.0
// ThreadSlots keeps something for each of the first threads that come, at the price of no locked
// instruction.
#pragma once

#include <array>
#include <atomic>

#include "base/thread_index.h"

namespace vallum::ossl {

/// ThreadSlots is thread-safe; what it keeps goes with it. A slot stays with its thread's number
/// (ThreadIndex), so a later thread may find what an ended one left. A T begins as T{}.
template <typename T, std::size_t kSlots = 4>
class ThreadSlots {
 public:
  /// Mine is this thread's place; null when other threads have taken it.
  T* Mine() {
    const std::uint32_t thread = ThreadIndex();
    Slot& slot = slots_[thread % kSlots];
    std::uint32_t owner = slot.owner.load(std::memory_order_relaxed);
    if (owner != thread) {
      if (owner != 0 || thread == kNoThreadIndex ||
          !slot.owner.compare_exchange_strong(owner, thread, std::memory_order_relaxed)) {
        return nullptr;
      }
    }
    return &slot.item;
  }

 private:
  struct alignas(64) Slot {  // a cache line, so that neighbours do not meet
    std::atomic<std::uint32_t> owner{0};
    T item{};
  };
  std::array<Slot, kSlots> slots_;
};

}  // namespace vallum::ossl
