// SPDX-License-Identifier: Apache-2.0
// Loaded keys by name: sharded, bounded, least recently used out first. A lookup takes one shard's
// mutex for a hash lookup and a list splice.
#pragma once

#include <array>
#include <list>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "service/loaded_key.h"

namespace vallum::service {

/// KeyCache is thread-safe. What was read from the store before a change must not enter it after:
/// take Ticket() before reading, and Insert refuses when an Invalidate came between.
class KeyCache {
 public:
  using Ticket = std::uint64_t;
  explicit KeyCache(std::size_t capacity);

  /// Find returns null when the key is not loaded.
  LoadedKeyRef Find(std::string_view name);
  Ticket TakeTicket(std::string_view name);
  /// Insert keeps `key` unless its ticket is outdated, and returns the key to use: one that another
  /// thread inserted meanwhile, or `key`.
  LoadedKeyRef Insert(LoadedKeyRef key, Ticket ticket);
  /// Invalidate drops a key; call it after the change is in the store and before it is acknowledged.
  void Invalidate(std::string_view name);
  std::size_t size();

 private:
  struct Shard {
    std::mutex mutex;
    Ticket ticket = 0;
    std::list<LoadedKeyRef> recent;  ///< most recently used first
    std::unordered_map<std::string_view, std::list<LoadedKeyRef>::iterator> by_name;
  };
  static constexpr std::size_t kShards = 16;

  Shard& ShardOf(std::string_view name);

  const std::size_t shard_capacity_;
  std::array<Shard, kShards> shards_;
};

}  // namespace vallum::service
