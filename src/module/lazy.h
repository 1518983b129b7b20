// SPDX-License-Identifier: Apache-2.0
// Lazy<T> is made at its first use and kept.
#pragma once

#include <atomic>
#include <memory>

#include "base/result.h"

namespace vallum::module {

/// Lazy is lock-free: threads that meet at the first use each make one, and one of them stays.
template <typename T>
class Lazy {
 public:
  Lazy() = default;
  Lazy(const Lazy&) = delete;
  Lazy& operator=(const Lazy&) = delete;
  ~Lazy() { delete value_.load(std::memory_order_acquire); }

  /// Get returns the value, borrowed, made by `make` (Result<std::unique_ptr<T>>()) when there is
  /// none yet; its failure is returned and leaves things as they were.
  template <typename Make>
  Result<T*> Get(Make make) {
    if (T* ready = value_.load(std::memory_order_acquire)) return ready;
    std::unique_ptr<T> made = TRY(make());
    T* expected = nullptr;
    if (!value_.compare_exchange_strong(expected, made.get(), std::memory_order_acq_rel)) {
      return expected;
    }
    return made.release();
  }

 private:
  std::atomic<T*> value_{nullptr};
};

}  // namespace vallum::module
