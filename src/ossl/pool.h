// SPDX-License-Identifier: Apache-2.0
// Pool keeps a few idle, initialised contexts, so that an operation does not set one up each time.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace vallum::ossl {

/// ThreadSlot is a small number of this thread's, the same for its whole life.
inline std::size_t ThreadSlot() {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t slot = next.fetch_add(1, std::memory_order_relaxed);
  return slot;
}

/// Pool holds up to `kSlots` idle objects. Take and Give are lock-free and thread-safe; a thread
/// starts at a slot of its own, so that threads rarely meet. The pool frees what it holds.
template <typename T, typename Deleter = std::default_delete<T>, std::size_t kSlots = 4>
class Pool {
 public:
  using Item = std::unique_ptr<T, Deleter>;

  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    for (auto& slot : slots_) Item(slot.load(std::memory_order_acquire));
  }

  /// Take returns an idle object, or null when there is none.
  Item Take() {
    const std::size_t start = ThreadSlot();
    for (std::size_t i = 0; i < kSlots; ++i) {
      auto& slot = slots_[(start + i) % kSlots];
      if (slot.load(std::memory_order_relaxed) == nullptr) continue;
      if (T* object = slot.exchange(nullptr, std::memory_order_acquire)) return Item(object);
    }
    return nullptr;
  }

  /// Give puts an object back, or frees it when the pool is full.
  void Give(Item item) {
    const std::size_t start = ThreadSlot();
    for (std::size_t i = 0; i < kSlots; ++i) {
      T* expected = nullptr;
      if (slots_[(start + i) % kSlots].compare_exchange_strong(
              expected, item.get(), std::memory_order_release, std::memory_order_relaxed)) {
        (void)item.release();
        return;
      }
    }
  }

 private:
  std::array<std::atomic<T*>, kSlots> slots_{};
};

}  // namespace vallum::ossl
