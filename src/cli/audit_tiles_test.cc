// SPDX-License-Identifier: Apache-2.0
#include "cli/audit_tiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_matchers.h"

namespace vallum::cli {
namespace {

std::vector<std::string> Targets(const std::vector<AuditTile>& tiles) {
  std::vector<std::string> out;
  for (const AuditTile& tile : tiles) out.push_back(tile.target);
  return out;
}

using testing::ElementsAre;
using testing::IsEmpty;

//= C2SP tlog-tiles, "Merkle Tree"
//# For example, index 1234067 will be encoded as x001/x234/067
TEST(AuditTilesTest, IndexesAreWrittenAsC2spSays) {
  EXPECT_EQ(TileIndex(0), "000");
  EXPECT_EQ(TileIndex(999), "999");
  EXPECT_EQ(TileIndex(1000), "x001/000");
  EXPECT_EQ(TileIndex(1234067), "x001/x234/067");
}

TEST(AuditTilesTest, BundlesOfALogEndWithAPartialOne) {
  EXPECT_THAT(Targets(EntryBundles(0, 0)), IsEmpty());
  EXPECT_THAT(Targets(EntryBundles(0, 5)), ElementsAre("tile/entries/000.p/5"));
  EXPECT_THAT(Targets(EntryBundles(0, 256)), ElementsAre("tile/entries/000"));
  EXPECT_THAT(Targets(EntryBundles(0, 300)),
              ElementsAre("tile/entries/000", "tile/entries/001.p/44"));
  EXPECT_THAT(Targets(EntryBundles(256, 300)), ElementsAre("tile/entries/001.p/44"));
}

TEST(AuditTilesTest, InTheFolderAPartialBundleHasItsFullName) {
  EXPECT_EQ(EntryBundles(0, 5)[0].file, "tile/entries/000");
}

TEST(AuditTilesTest, HashTilesAreTheFullOnesOfEachLevelAndTheLastOfTheLowest) {
  EXPECT_THAT(HashTiles(0), IsEmpty());
  EXPECT_THAT(Targets(HashTiles(255)), ElementsAre("tile/0/000.p/255"));
  EXPECT_THAT(Targets(HashTiles(256)), ElementsAre("tile/0/000"));
  EXPECT_THAT(Targets(HashTiles(600)), ElementsAre("tile/0/000", "tile/0/001", "tile/0/002.p/88"));
  const auto tiles = Targets(HashTiles(256 * 256 + 1));
  EXPECT_EQ(tiles.size(), 258u);
  EXPECT_THAT(tiles, testing::Contains("tile/1/000"));
  EXPECT_EQ(tiles.back(), "tile/0/256.p/1");
}

TEST(AuditTilesTest, TheSizeIsTheCheckpointsSecondLine) {
  EXPECT_THAT(CheckpointSize("vallum/test\n1234\nroot\n\n"), IsOkAnd(1234u));
  for (const char* text : {"", "vallum", "vallum\n", "vallum\n12", "vallum\nx\n", "vallum\n\n",
                           "vallum\n12x\n", "vallum\n-1\n"}) {
    EXPECT_THAT(CheckpointSize(text), IsError(Code::kIntegrity)) << text;
  }
}

TEST(AuditTilesTest, BundlesAreTakenApart) {
  const Bytes bundle = {0, 2, 'a', 'b', 0, 0, 0, 1, 'c'};
  EXPECT_THAT(SplitEntries(bundle), IsOkAnd(std::vector<std::string>{"ab", "", "c"}));
  EXPECT_THAT(SplitEntries(ByteSpan(bundle).first(3)), IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::cli
