// SPDX-License-Identifier: Apache-2.0
#include "base/wipe_ledger.h"

#include <atomic>
#include <cstdint>

namespace vallum {
namespace {

thread_local WipeLedger* innermost = nullptr;
// Spares every free the look at thread-local storage while nobody keeps a ledger.
std::atomic<int> kept{0};

bool ReadsZero(const void* block, std::size_t size) {
  const auto* byte = static_cast<const volatile std::uint8_t*>(block);
  std::uint8_t seen = 0;
  for (std::size_t i = 0; i < size; ++i) seen = static_cast<std::uint8_t>(seen | byte[i]);
  return seen == 0;
}

}  // namespace

WipeLedger::WipeLedger() : outer_(innermost) {
  innermost = this;
  kept.fetch_add(1, std::memory_order_relaxed);
}

WipeLedger::~WipeLedger() {
  kept.fetch_sub(1, std::memory_order_relaxed);
  innermost = outer_;
}

void WipeLedger::Await(const void* block) { awaited_ = block; }

void WipeLedger::Record(const void* block, std::size_t size) {
  if (kept.load(std::memory_order_relaxed) == 0) return;
  if (innermost == nullptr) return;
  const bool zero = ReadsZero(block, size);
  for (WipeLedger* ledger = innermost; ledger != nullptr; ledger = ledger->outer_) {
    ledger->Add(block, size, zero);
  }
}

void WipeLedger::Add(const void* block, std::size_t size, bool zero) {
  ++blocks_;
  bytes_ += size;
  verified_ = verified_ && zero;
  if (block == awaited_) awaited_ = nullptr;
}

}  // namespace vallum
