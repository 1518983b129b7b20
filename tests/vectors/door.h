// SPDX-License-Identifier: Apache-2.0
// The one module that every vector goes through, and what adapters need of it more than once.
//
// It runs under policy `on`, so that a case with a key that is too short runs too, and its indicator
// shows that it is not approved; under `only` the module would refuse it.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "module/module.h"

namespace vallum::vectors {

/// Door is the module; started by StartDoor.
module::Module& Door();
Status StartDoor();
void StopDoor();

/// Entered is a key and the indicator of its entry.
using Entered = module::Approved<module::KeyRef>;

/// EnterSecret enters a secret key in plaintext, extractable.
Result<Entered> EnterSecret(module::Algorithm algorithm, ByteSpan material);

/// NewId is a random key id.
Result<KeyId> NewId();

/// What the indicator says of a key below the table's minimum: of the service that makes it, and of one
/// that uses it, for which its making was not approved either.
inline constexpr auto kMakesShortKey = static_cast<std::uint32_t>(module::Reason::kShortKey);
inline constexpr auto kUsesShortKey =
    kMakesShortKey | static_cast<std::uint32_t>(module::Reason::kKeyMadeNotApproved);
/// Where the provider objects too.
inline constexpr auto kProviderObjects =
    static_cast<std::uint32_t>(module::Reason::kProviderIndicator);

}  // namespace vallum::vectors
