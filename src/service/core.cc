// SPDX-License-Identifier: Apache-2.0
#include "service/core.h"

namespace vallum::service {

NameLocks::Held::Held(NameLocks& locks, std::string_view name) : locks_(locks), name_(name) {
  std::unique_lock lock(locks_.mutex_);
  locks_.released_.wait(lock, [this] { return !locks_.held_.contains(name_); });
  locks_.held_.insert(name_);
}

NameLocks::Held::~Held() {
  {
    const std::lock_guard lock(locks_.mutex_);
    locks_.held_.erase(name_);
  }
  locks_.released_.notify_all();
}

Result<LoadedKeyRef> Core::FindKey(std::string_view name) {
  if (LoadedKeyRef key = keys.Find(name)) return key;
  const KeyCache::Ticket ticket = keys.TakeTicket(name);
  return keys.Insert(TRY(LoadKey(store, name)), ticket);
}

Result<std::array<std::uint8_t, 16>> Core::NewId() {
  std::array<std::uint8_t, 10> random{};
  TRY(module.Random(random));
  return MakeUuidV7(clock.Now(), random);
}

}  // namespace vallum::service
