// SPDX-License-Identifier: Apache-2.0
// The embedded Keystore: one SQLite file in WAL mode with synchronous=FULL, one writer thread that
// commits in groups. docs/formats/keystore.md specifies the file.
#pragma once

#include <filesystem>
#include <memory>

#include "keystore/keystore.h"

namespace vallum::keystore {

/// OpenSqliteKeystore opens or creates `path`, holding it for this process alone.
/// kUnavailable: another server has it open (the message names its process id if known);
/// kStorageVersion: written by a newer version; kIntegrity: truncated or not a Vallum store;
/// kPermissionDenied: read-only or not ours; kStorageFull.
Result<std::unique_ptr<Keystore>> OpenSqliteKeystore(const std::filesystem::path& path);

}  // namespace vallum::keystore
