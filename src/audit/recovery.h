// SPDX-License-Identifier: Apache-2.0
// What a log's folder holds when it is opened, with the traces of a crash removed.
// Internal to src/audit.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

#include "audit/merkle.h"
#include "audit/note.h"

namespace vallum::audit {

/// RecoveredLog is the state to go on from. Everything in it is on the disk.
struct RecoveredLog {
  std::uint64_t size = 0;
  std::vector<Hash> leaves;         ///< of the last, unfinished bundle
  std::uint64_t bundle_bytes = 0;   ///< its length
  TileEdge edge;                    ///< levels from 1 on, as far as `full_tiles` goes not
  std::deque<FullTile> full_tiles;  ///< of level 0, complete since the last checkpoint
  std::string checkpoint;           ///< its text; empty when there is none yet
  std::uint64_t checkpoint_size = 0;
};

/// Recover reads the folder from the last checkpoint on and checks all of that: the checkpoint's
/// signature, its root against tiles and entries, tiles against entries after it. An incomplete last
/// entry is cut off, and so are bundles after it, which were never synced. kIntegrity when anything
/// contradicts, or fewer than `minimum_size` entries are left. The caller holds the folder's lock.
Result<RecoveredLog> Recover(const std::filesystem::path& folder, const Crypto& crypto,
                             const NoteKey& key, std::uint64_t minimum_size);

}  // namespace vallum::audit
