// SPDX-License-Identifier: Apache-2.0
// KeyRegistry: every object of the module that holds a critical security parameter in use, so that
// zeroisation finds them all, whoever holds the handles.
#pragma once

#include <atomic>
#include <cstddef>

#include "base/wipe_ledger.h"

namespace vallum::module {

/// Zeroisable is an object that the registry knows from the end of its construction to the start of
/// its destruction. A derived class calls Enter last in its constructor and Leave first in its
/// destructor; a missing Leave stops the process.
class Zeroisable {
 public:
  virtual ~Zeroisable();
  /// Zeroise makes the object unusable for all its holders and wipes what it holds. It returns whether
  /// all of it is gone: false when something outside the module still holds a part. `ledger` is that
  /// of the caller. Call it only while no service is inside the gate.
  bool Zeroise(WipeLedger& ledger);
  /// zeroised may be asked by any thread at any time.
  bool zeroised() const { return zeroised_.load(std::memory_order_acquire); }

 protected:
  /// WipeMaterial frees what the object holds, as Zeroise says.
  virtual bool WipeMaterial(WipeLedger& ledger) = 0;
  Zeroisable() = default;
  Zeroisable(const Zeroisable&) = delete;
  Zeroisable& operator=(const Zeroisable&) = delete;
  void Enter();
  void Leave();

 private:
  friend class KeyRegistry;
  Zeroisable* previous_ = nullptr;
  Zeroisable* next_ = nullptr;
  bool entered_ = false;
  std::atomic<bool> zeroised_{false};
};

/// What the zeroisation of several objects did.
struct ZeroisedObjects {
  std::size_t objects = 0;
  std::size_t lent = 0;  ///< of these, how many something outside still holds a part of
};

/// KeyRegistry is one for the process, as the module is, so that keys that outlive their Module object
/// leave it in peace. Thread-safe; sharded, so that threads that make keys do not meet.
class KeyRegistry {
 public:
  static std::size_t Count();
  /// ZeroiseAll zeroises everything that is registered and was not zeroised before. Objects may be
  /// destroyed meanwhile; none may be in use.
  static ZeroisedObjects ZeroiseAll(WipeLedger& ledger);
};

}  // namespace vallum::module
