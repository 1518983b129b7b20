// SPDX-License-Identifier: Apache-2.0
// What the use cases share: the parts below the service, and what it remembers of them.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <unordered_set>

#include "base/clock.h"
#include "service/journal.h"
#include "service/key_cache.h"
#include "service/principal_directory.h"

namespace vallum::service {

/// NameLocks makes changes of one key wait for each other; other keys go on. Thread-safe.
class NameLocks {
 public:
  class Held {
   public:
    Held(NameLocks& locks, std::string_view name);
    ~Held();
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    NameLocks& locks_;
    std::string name_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable released_;
  std::unordered_set<std::string> held_;
};

/// Core outlives every call. Each part is thread-safe.
struct Core {
  Core(module::Module& the_module, keystore::Keystore& the_store, const Clock& the_clock,
       std::size_t cache_capacity)
      : module(the_module),
        store(the_store),
        clock(the_clock),
        principals(the_store, the_clock),
        keys(cache_capacity),
        journal(the_store) {}

  /// FindKey returns a key from the cache, else from the store. kNotFound when there is none.
  Result<LoadedKeyRef> FindKey(std::string_view name);
  /// NewId makes the bytes of a UUID version 7.
  Result<std::array<std::uint8_t, 16>> NewId();

  module::Module& module;
  keystore::Keystore& store;
  const Clock& clock;
  PrincipalDirectory principals;
  KeyCache keys;
  NameLocks locks;
  std::mutex principals_changing;  ///< held while a principal is made or revoked
  Journal journal;                 ///< last: it goes first, and its log with it
};

}  // namespace vallum::service
