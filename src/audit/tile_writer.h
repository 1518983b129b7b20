// SPDX-License-Identifier: Apache-2.0
// Hash tiles onto the disk. They say nothing that the entries do not say, so they are not synced one
// by one: Recover makes again what a power failure tore. Internal to src/audit.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "audit/merkle.h"

namespace vallum::audit {

/// StoreTile writes a tile, which appears whole or not at all as long as the machine runs.
/// `path` is relative to the log's folder.
Status StoreTile(const std::filesystem::path& folder, const std::string& path,
                 std::span<const Hash> hashes);

/// IsTornTile says whether a tile's bytes are what a power failure may leave of one of `width`.
bool IsTornTile(ByteSpan bytes, std::size_t width);

/// SyncFileSystem makes everything on the folder's file system durable: one wait for many files.
Status SyncFileSystem(const std::filesystem::path& folder);

}  // namespace vallum::audit
