// SPDX-License-Identifier: Apache-2.0
#include "module/key_registry.h"

#include <pthread.h>

#include <array>
#include <cstdint>
#include <mutex>

namespace vallum::module {
namespace {

struct alignas(64) Shard {
  std::mutex mutex;
  Zeroisable* first = nullptr;
  std::size_t count = 0;
};

using AllShards = std::array<Shard, 16>;
AllShards& Shards();

void LockAll() {
  for (Shard& shard : Shards()) shard.mutex.lock();
}

void UnlockAll() {
  for (Shard& shard : Shards()) shard.mutex.unlock();
}

// Never destroyed: keys in static objects may still leave when the process ends. No fork happens while
// a thread is in one, so that a child that starts a module of its own does not wait for ever.
AllShards& Shards() {
  static auto* const shards = new AllShards;
  static const int registered = pthread_atfork(LockAll, UnlockAll, UnlockAll);
  if (registered != 0) __builtin_trap();
  return *shards;
}

Shard& ShardOf(const Zeroisable* object) {
  // Neighbouring heap blocks differ above the low bits.
  const auto address = reinterpret_cast<std::uintptr_t>(object);
  return Shards()[(address >> 6 ^ address >> 12) % Shards().size()];
}

}  // namespace

Zeroisable::~Zeroisable() {
  if (entered_) __builtin_trap();
}

bool Zeroisable::Zeroise(WipeLedger& ledger) {
  zeroised_.store(true, std::memory_order_release);
  return WipeMaterial(ledger);
}

void Zeroisable::Enter() {
  Shard& shard = ShardOf(this);
  const std::lock_guard lock(shard.mutex);
  next_ = shard.first;
  if (next_ != nullptr) next_->previous_ = this;
  shard.first = this;
  ++shard.count;
  entered_ = true;
}

void Zeroisable::Leave() {
  Shard& shard = ShardOf(this);
  const std::lock_guard lock(shard.mutex);
  (previous_ != nullptr ? previous_->next_ : shard.first) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  --shard.count;
  entered_ = false;
}

std::size_t KeyRegistry::Count() {
  std::size_t count = 0;
  for (Shard& shard : Shards()) {
    const std::lock_guard lock(shard.mutex);
    count += shard.count;
  }
  return count;
}

ZeroisedObjects KeyRegistry::ZeroiseAll(WipeLedger& ledger) {
  ZeroisedObjects done;
  for (Shard& shard : Shards()) {
    const std::lock_guard lock(shard.mutex);
    for (Zeroisable* object = shard.first; object != nullptr; object = object->next_) {
      if (object->zeroised()) continue;
      ++done.objects;
      if (!object->Zeroise(ledger)) ++done.lent;
    }
  }
  return done;
}

}  // namespace vallum::module
