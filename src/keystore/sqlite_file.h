// SPDX-License-Identifier: Apache-2.0
// The store's file: how it is made, and what is checked before anything in it is believed.
// Internal to src/keystore.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "keystore/sqlite_connection.h"

namespace vallum::keystore {

inline constexpr std::uint32_t kApplicationId = 0x564c4d31;  ///< "VLM1", docs/formats/keystore.md
inline constexpr std::int64_t kFormatVersion = 1;

/// CreateStore makes an empty store under a temporary name and renames it, so that `path` is never
/// half a store. The caller holds the lock.
Status CreateStore(const std::filesystem::path& path);

/// CheckHeader looks at the first bytes of an existing file, before SQLite does: kIntegrity when it
/// is empty, too short or not a Vallum store. Must not run while this process has the store open:
/// closing the file would drop SQLite's locks.
Status CheckHeader(const std::filesystem::path& path);

/// OpenWriter opens the one connection that writes, settles the write-ahead log, and checks version,
/// length and (for stores of moderate size) structure.
Result<Connection> OpenWriter(const std::filesystem::path& path);

/// OpenReader opens a connection that cannot write.
Result<Connection> OpenReader(const std::filesystem::path& path);

/// OpenSharedConnection opens a store that other processes may have open too: it checks the version and
/// settles nothing.
Result<Connection> OpenSharedConnection(const std::filesystem::path& path);

}  // namespace vallum::keystore
