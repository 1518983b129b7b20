// SPDX-License-Identifier: Apache-2.0
#include "p11/core/session.h"

#include <utility>

namespace vallum::p11 {
namespace {

std::atomic<CK_SESSION_HANDLE> next_handle{1};

}  // namespace

SessionPtr SessionTable::Open(Slot& slot, bool read_write) {
  const CK_SESSION_HANDLE handle = next_handle.fetch_add(1, std::memory_order_relaxed);
  auto session = std::make_shared<Session>(handle, slot, read_write);
  Shard& shard = ShardOf(handle);
  const std::lock_guard lock(shard.mutex);
  shard.sessions.emplace(handle, session);
  return session;
}

SessionPtr SessionTable::Find(CK_SESSION_HANDLE handle) const {
  const Shard& shard = ShardOf(handle);
  const std::lock_guard lock(shard.mutex);
  const auto at = shard.sessions.find(handle);
  return at == shard.sessions.end() ? nullptr : at->second;
}

SessionPtr SessionTable::Close(CK_SESSION_HANDLE handle) {
  Shard& shard = ShardOf(handle);
  const std::lock_guard lock(shard.mutex);
  const auto at = shard.sessions.find(handle);
  if (at == shard.sessions.end()) return nullptr;
  SessionPtr session = std::move(at->second);
  shard.sessions.erase(at);
  return session;
}

std::vector<CK_SESSION_HANDLE> SessionTable::HandlesOf(const Slot& slot) const {
  std::vector<CK_SESSION_HANDLE> handles;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [handle, session] : shard.sessions) {
      if (&session->slot == &slot) handles.push_back(handle);
    }
  }
  return handles;
}

}  // namespace vallum::p11
