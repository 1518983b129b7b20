// SPDX-License-Identifier: Apache-2.0
// Seals: how the root key comes back after a restart, and how it opens the store. Part of the door;
// used by src/server before the service exists.
//
//   auto root = TRY(OpenDevelopmentFileSeal(*module, *store, path));
//   TRY(OpenKek(*module, *store, root));      // the module is operational now
//   if (!RiskText(kDevelopmentFileSeal).empty()) Say(RiskText(kDevelopmentFileSeal));
//
// A seal is anything that gives back the 32 bytes of the root key; what follows is the same for all.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "keystore/keystore.h"
#include "module/module.h"

namespace vallum::service {

/// The name of the seal that keeps the root key in a file, as configuration and status spell it.
inline constexpr std::string_view kDevelopmentFileSeal = "development-file";

/// RiskText says what the reader of a status must know about a seal; empty when there is nothing.
std::string_view RiskText(std::string_view seal);

/// OpenDevelopmentFileSeal reads the root key (32 raw bytes) from `path`. On the first start, that is
/// when neither the file nor a key-encryption key in the store exists, it makes one in the module and
/// writes the file durably with mode 0600. kPermissionDenied: others than the owner may read it;
/// kIntegrity: of a wrong size, or lost while the store still needs it. The module must have passed
/// its self-tests. Not thread-safe against another process that starts on the same folder (the store's
/// lock prevents that).
Result<SecretBytes> OpenDevelopmentFileSeal(module::Module& module, keystore::Keystore& store,
                                            const std::filesystem::path& path);

/// OpenKek unseals the module with the store's key-encryption key, which it makes on the first start
/// (durably, before it is used). kIntegrity when the root key is not the one of this store.
Status OpenKek(module::Module& module, keystore::Keystore& store, const SecretBytes& root_key);

}  // namespace vallum::service
