// SPDX-License-Identifier: Apache-2.0
// Stores beside the module's own: each has a key-encryption key of its own, opened while the module is
// operational. For hosts that serve several tokens, each behind its own PIN. Part of the door; include
// module/module.h.
//
//   Bytes kek_blob = TRY(module->CreateKek(root_key));                    // once, when the store is made
//   StoreKeyRef store = TRY(OpenStoreKey(*module, root_key, kek_blob));   // after each login
//   Bytes blob = TRY(SealForStore(*module, *store, made.blob, id, 1));    // kept in the store
//   KeyRef key = TRY(OpenStoredKey(*module, *store, blob, id, 1));
//
// All functions are thread-safe and need State::kOperational.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "module/module.h"

namespace vallum::module {

/// StoreKey is the open key-encryption key of a store. The last holder to go wipes it; zeroisation wipes
/// it for all of them (kKeyState from then on).
class StoreKey;
using StoreKeyRef = std::shared_ptr<StoreKey>;

/// OpenStoreKey unwraps `kek_blob` (of Module::CreateKek) with the root key of that store. kIntegrity
/// when they do not belong together, kInvalidArgument when the root key has not 32 bytes.
Result<StoreKeyRef> OpenStoreKey(Module& module, const SecretBytes& root_key, ByteSpan kek_blob);

/// SealForStore takes the blob of a key that this module has made (NewKey::blob) and seals it again under
/// `store`, with the same attributes. kIntegrity as OpenKey; kInvocationLimit after 2^32 keys.
Result<Bytes> SealForStore(Module& module, StoreKey& store, ByteSpan blob, const KeyId& id,
                           std::uint32_t version);

/// OpenStoredKey is Module::OpenKey for a blob of SealForStore.
Result<KeyRef> OpenStoredKey(Module& module, const StoreKey& store, ByteSpan blob, const KeyId& id,
                             std::uint32_t version);

}  // namespace vallum::module
