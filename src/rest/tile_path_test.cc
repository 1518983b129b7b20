// SPDX-License-Identifier: Apache-2.0
#include "rest/tile_path.h"

#include <gtest/gtest.h>

#include "base/test_matchers.h"

namespace vallum::rest {
namespace {

using testing::Eq;

TEST(TilePathTest, ReadsOneGroup) {
  const auto tile = ParseTilePath("067");
  ASSERT_THAT(tile, IsOk());
  EXPECT_EQ(tile->index, 67u);
  EXPECT_EQ(tile->width, 256u);
}

TEST(TilePathTest, ReadsSeveralGroups) {
  const auto tile = ParseTilePath("x001/x234/067");
  ASSERT_THAT(tile, IsOk());
  EXPECT_EQ(tile->index, 1234067u);
}

TEST(TilePathTest, ReadsAPartialTile) {
  const auto tile = ParseTilePath("x001/000.p/255");
  ASSERT_THAT(tile, IsOk());
  EXPECT_EQ(tile->index, 1000u);
  EXPECT_EQ(tile->width, 255u);
}

TEST(TilePathTest, RefusesWhatIsNotCanonical) {
  for (const std::string_view text : {"",         "0",         "67",
                                      "0067",     "x067",      "001/067",
                                      "x001/67",  "x000/067",  "067/",
                                      "/067",     "x001//067", "067.p",
                                      "067.p/",   "067.p/0",   "067.p/256",
                                      "067.p/05", "067.p/5/6", "06a",
                                      "..",       "x001/..",   "x001/x001/x001/x001/x001/x001/001",
                                      "067.q/5",  "-01"}) {
    EXPECT_THAT(ParseTilePath(text), IsError(Code::kNotFound)) << text;
  }
}

TEST(TileLevelTest, ReadsUpTo63) {
  EXPECT_THAT(ParseTileLevel("0"), IsOkAnd(Eq(0u)));
  EXPECT_THAT(ParseTileLevel("63"), IsOkAnd(Eq(63u)));
}

TEST(TileLevelTest, RefusesTheRest) {
  for (const std::string_view text : {"", "64", "00", "01", "-1", "a", "1000", "0/"}) {
    EXPECT_THAT(ParseTileLevel(text), IsError(Code::kNotFound)) << text;
  }
}

}  // namespace
}  // namespace vallum::rest
