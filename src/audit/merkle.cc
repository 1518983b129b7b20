// SPDX-License-Identifier: Apache-2.0
#include "audit/merkle.h"

#include <utility>

namespace vallum::audit {
namespace {

constexpr std::uint8_t kLeafPrefix = 0x00;
constexpr std::uint8_t kNodePrefix = 0x01;

// A stack of perfect subtrees, each smaller than the one below it.
class SubtreeStack {
 public:
  explicit SubtreeStack(const Sha256Function& sha256) : sha256_(sha256) {}

  // Hashes must come largest subtrees first.
  Status Push(unsigned height, Hash hash) {
    while (!stack_.empty() && stack_.back().height == height) {
      hash = TRY(NodeHash(sha256_, stack_.back().hash, hash));
      stack_.pop_back();
      ++height;
    }
    stack_.push_back({.height = height, .hash = hash});
    return {};
  }

  Result<Hash> Fold() const {
    if (stack_.empty()) return sha256_({});
    Hash hash = stack_.back().hash;
    for (std::size_t i = stack_.size() - 1; i-- > 0;) {
      hash = TRY(NodeHash(sha256_, stack_[i].hash, hash));
    }
    return hash;
  }

 private:
  struct Subtree {
    unsigned height;
    Hash hash;
  };
  const Sha256Function& sha256_;
  std::vector<Subtree> stack_;
};

}  // namespace

Result<Hash> LeafHash(const Sha256Function& sha256, ByteSpan entry) {
  return sha256({ByteSpan(&kLeafPrefix, 1), entry});
}

Result<Hash> NodeHash(const Sha256Function& sha256, const Hash& left, const Hash& right) {
  return sha256({ByteSpan(&kNodePrefix, 1), left, right});
}

Result<Hash> TileRoot(const Sha256Function& sha256, std::span<const Hash> hashes) {
  SubtreeStack stack(sha256);
  for (const Hash& hash : hashes) TRY(stack.Push(0, hash));
  return stack.Fold();
}

Status TileEdge::Add(const Sha256Function& sha256, unsigned level, const Hash& hash,
                     const Sink& sink) {
  Hash next = hash;
  for (;; ++level) {
    Level& at = At(level);
    at.unfinished.push_back(next);
    if (++at.count % kTileWidth != 0) return {};
    const FullTile tile{.level = level,
                        .index = at.count / kTileWidth - 1,
                        .hashes = std::exchange(at.unfinished, {})};
    TRY(sink(tile));
    next = TRY(TileRoot(sha256, tile.hashes));
  }
}

void TileEdge::SetLevel(unsigned level, std::uint64_t count, std::vector<Hash> unfinished) {
  At(level) = {.count = count, .unfinished = std::move(unfinished)};
}

Result<Hash> TileEdge::Root(const Sha256Function& sha256) const {
  SubtreeStack stack(sha256);
  for (std::size_t level = levels_.size(); level-- > 0;) {
    // Eight levels of the binary tree are one of tiles.
    const auto height = static_cast<unsigned>(8 * level);
    for (const Hash& hash : levels_[level].unfinished) TRY(stack.Push(height, hash));
  }
  return stack.Fold();
}

std::uint64_t TileEdge::Count(unsigned level) const {
  return level < levels_.size() ? levels_[level].count : 0;
}

std::span<const Hash> TileEdge::Unfinished(unsigned level) const {
  if (level >= levels_.size()) return {};
  return levels_[level].unfinished;
}

TileEdge::Level& TileEdge::At(unsigned level) {
  if (level >= levels_.size()) levels_.resize(level + 1);
  return levels_[level];
}

}  // namespace vallum::audit
