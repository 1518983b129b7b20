// SPDX-License-Identifier: Apache-2.0
// Zeroisation (ISO/IEC 19790:2012, 7.9.7; at level 2 with an indication of its completion). Part of the
// door; include module/module.h.
//
//   const ZeroiseReport report = TRY(ZeroiseAll(*module));
//   report.verified, report.bytes           // only now, after every wiped block read back as zero
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/result.h"

namespace vallum::module {

class Key;
class Module;

/// ZeroiseReport is made when zeroisation is complete, never before.
struct ZeroiseReport {
  std::uint64_t objects = 0;  ///< keys, key-encryption keys and sessions that were wiped
  std::uint64_t bytes = 0;    ///< wiped and read back, bookkeeping of the objects included
  /// Of the objects, key pairs that a TLS endpoint still holds: they are unusable here, and wiped when
  /// that endpoint goes.
  std::uint64_t lent = 0;
  bool verified = false;  ///< every block read back as zero and nothing is lent
  TimePoint started;
  TimePoint finished;
};

/// ZeroiseKey wipes an open key. It is unusable at once for all its holders: their calls are
/// kKeyState. Services that use other keys wait at the gate meanwhile. The key's blob is not touched;
/// destroying that is the store's task. kKeyState when it was zeroised before; kTimeout, with nothing
/// changed, when a service did not leave the module in time. Also in State::kErrorHard.
Result<ZeroiseReport> ZeroiseKey(Module& module, Key& key);

/// ZeroiseAll wipes every open key, the key-encryption key and the random bit generator's root and this
/// thread's state, whoever holds handles. It ends in State::kUninitialised, where the root key is
/// needed again, or, from State::kErrorHard, in that state again. When a service does not leave in time
/// (kTimeout) or a block does not read back as zero (kInternal) it ends in State::kErrorHard: end the
/// process then. The state of other threads' generators is wiped when the threads end.
Result<ZeroiseReport> ZeroiseAll(Module& module);

}  // namespace vallum::module
