// SPDX-License-Identifier: Apache-2.0
#include "service/key_cache.h"

#include <algorithm>
#include <functional>

namespace vallum::service {

KeyCache::KeyCache(std::size_t capacity)
    : shard_capacity_(std::max<std::size_t>(1, capacity / kShards)) {}

KeyCache::Shard& KeyCache::ShardOf(std::string_view name) {
  return shards_[std::hash<std::string_view>{}(name) % kShards];
}

LoadedKeyRef KeyCache::Find(std::string_view name) {
  Shard& shard = ShardOf(name);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_name.find(name);
  if (found == shard.by_name.end()) return nullptr;
  shard.recent.splice(shard.recent.begin(), shard.recent, found->second);
  return *found->second;
}

KeyCache::Ticket KeyCache::TakeTicket(std::string_view name) {
  Shard& shard = ShardOf(name);
  const std::lock_guard lock(shard.mutex);
  return shard.ticket;
}

LoadedKeyRef KeyCache::Insert(LoadedKeyRef key, Ticket ticket) {
  const std::string_view name = key->info().name;
  Shard& shard = ShardOf(name);
  LoadedKeyRef evicted;  // wiped after the lock is released
  const std::lock_guard lock(shard.mutex);
  if (shard.ticket != ticket) return key;
  const auto found = shard.by_name.find(name);
  if (found != shard.by_name.end()) return *found->second;
  if (shard.recent.size() >= shard_capacity_) {
    evicted = std::move(shard.recent.back());
    shard.by_name.erase(evicted->info().name);
    shard.recent.pop_back();
  }
  shard.recent.push_front(key);
  shard.by_name.emplace(name, shard.recent.begin());
  return key;
}

void KeyCache::Invalidate(std::string_view name) {
  Shard& shard = ShardOf(name);
  LoadedKeyRef dropped;
  const std::lock_guard lock(shard.mutex);
  ++shard.ticket;
  const auto found = shard.by_name.find(name);
  if (found == shard.by_name.end()) return;
  const auto position = found->second;
  dropped = std::move(*position);
  shard.by_name.erase(found);
  shard.recent.erase(position);
}

std::size_t KeyCache::size() {
  std::size_t total = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    total += shard.recent.size();
  }
  return total;
}

}  // namespace vallum::service
