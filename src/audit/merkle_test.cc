// SPDX-License-Identifier: Apache-2.0
#include "audit/merkle.h"

#include "audit/test_support.h"

namespace vallum::audit {
namespace {

Hash Leaf(std::uint64_t number) {
  const std::string text = std::to_string(number);
  return *LeafHash(TestHash, AsBytes(text));
}

// RFC 6962, 2.1, as it is written there.
Hash RecursiveRoot(std::span<const Hash> leaves) {
  if (leaves.empty()) return *TestHash({});
  if (leaves.size() == 1) return leaves[0];
  std::size_t split = 1;
  while (2 * split < leaves.size()) split *= 2;
  return *NodeHash(TestHash, RecursiveRoot(leaves.first(split)),
                   RecursiveRoot(leaves.subspan(split)));
}

Status Ignore(const FullTile&) { return {}; }

TEST(MerkleTest, TheRootIsThatOfTheRecursiveDefinitionForSizes0To1000) {
  TileEdge edge;
  std::vector<Hash> leaves;
  for (std::uint64_t size = 0; size <= 1000; ++size) {
    ASSERT_EQ(edge.Root(TestHash).value(), RecursiveRoot(leaves)) << size;
    leaves.push_back(Leaf(size));
    ASSERT_THAT(edge.Add(TestHash, 0, leaves.back(), Ignore), IsOk());
  }
}

TEST(MerkleTest, TheRootIsRightAcrossThreeLevels) {
  TileEdge edge;
  std::vector<Hash> leaves;
  for (std::uint64_t size = 0; size < 65536 + 300; ++size) {
    leaves.push_back(Leaf(size));
    ASSERT_THAT(edge.Add(TestHash, 0, leaves.back(), Ignore), IsOk());
  }
  EXPECT_EQ(edge.Root(TestHash).value(), RecursiveRoot(leaves));
  EXPECT_EQ(edge.Count(0), 65836u);
  EXPECT_EQ(edge.Count(1), 257u);
  EXPECT_EQ(edge.Count(2), 1u);
  EXPECT_EQ(edge.Unfinished(1).size(), 1u);
}

TEST(MerkleTest, FullTilesAreHandedOutOnceInOrder) {
  TileEdge edge;
  std::vector<std::string> paths;
  const auto sink = [&](const FullTile& tile) -> Status {
    EXPECT_EQ(tile.hashes.size(), kTileWidth);
    paths.push_back(TilePath(tile.level, tile.index));
    return {};
  };
  for (std::uint64_t i = 0; i < 65536; ++i)
    ASSERT_THAT(edge.Add(TestHash, 0, Leaf(i), sink), IsOk());
  ASSERT_EQ(paths.size(), 257u);
  EXPECT_EQ(paths[255], "tile/0/255");
  EXPECT_EQ(paths[256], "tile/1/000");
}

TEST(MerkleTest, ALevelCanBeSetFromOutside) {
  TileEdge grown;
  for (std::uint64_t i = 0; i < 600; ++i) {
    ASSERT_THAT(grown.Add(TestHash, 0, Leaf(i), Ignore), IsOk());
  }
  TileEdge loaded;
  for (const unsigned level : {0u, 1u}) {
    const auto hashes = grown.Unfinished(level);
    loaded.SetLevel(level, grown.Count(level), {hashes.begin(), hashes.end()});
  }
  EXPECT_EQ(loaded.Root(TestHash).value(), grown.Root(TestHash).value());
}

TEST(MerkleTest, AnErrorOfTheHashIsReturned) {
  const auto broken = [](std::initializer_list<ByteSpan>) -> Result<Hash> {
    return Error(Code::kModuleState, "the module is in its error state");
  };
  EXPECT_THAT(LeafHash(broken, {}), IsError(Code::kModuleState));
  EXPECT_THAT(TileEdge().Root(broken), IsError(Code::kModuleState));
}

}  // namespace
}  // namespace vallum::audit
