// SPDX-License-Identifier: Apache-2.0
// The Merkle tree of RFC 6962, section 2.1, kept as the right edge of its tiles. The hash function
// is the module's, by way of Crypto. Internal to src/audit.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "audit/audit_log.h"
#include "audit/layout.h"

namespace vallum::audit {

using Sha256Function = std::function<Result<Hash>(std::initializer_list<ByteSpan>)>;

//= RFC 6962, 2.1
//# MTH({d(0)}) = SHA-256(0x00 || d(0)).
Result<Hash> LeafHash(const Sha256Function& sha256, ByteSpan entry);
//# MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))
Result<Hash> NodeHash(const Sha256Function& sha256, const Hash& left, const Hash& right);

/// TileRoot is the hash of the tree over one full tile: 256 hashes.
Result<Hash> TileRoot(const Sha256Function& sha256, std::span<const Hash> hashes);

/// FullTile is a tile that has just received its last hash.
struct FullTile {
  unsigned level = 0;
  std::uint64_t index = 0;
  std::vector<Hash> hashes;
};

/// TileEdge holds the unfinished tile of each level: all that a growing tree needs to remember, at
/// most 8 KiB a level. A value; not thread-safe.
class TileEdge {
 public:
  using Sink = std::function<Status(const FullTile&)>;

  /// Add puts one more hash at `level`. A tile that is full with it goes to `sink` (an error of which
  /// is returned), and its root is added one level up.
  Status Add(const Sha256Function& sha256, unsigned level, const Hash& hash, const Sink& sink);
  /// SetLevel starts a level at `count` hashes, the last count % 256 of which are `unfinished`.
  void SetLevel(unsigned level, std::uint64_t count, std::vector<Hash> unfinished);
  /// Root is the tree's hash; of the empty tree SHA-256 of nothing.
  Result<Hash> Root(const Sha256Function& sha256) const;

  /// Count of hashes ever added at `level`; level 0 counts entries.
  std::uint64_t Count(unsigned level) const;
  /// Unfinished is the last tile of `level`, with less than 256 hashes.
  std::span<const Hash> Unfinished(unsigned level) const;

 private:
  struct Level {
    std::uint64_t count = 0;
    std::vector<Hash> unfinished;
  };
  Level& At(unsigned level);
  std::vector<Level> levels_;
};

}  // namespace vallum::audit
