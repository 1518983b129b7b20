// SPDX-License-Identifier: Apache-2.0
#include "audit/layout.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace vallum::audit {
namespace {

Bytes Framed(std::initializer_list<std::string_view> entries) {
  Bytes bytes;
  for (const auto entry : entries) {
    AppendBe16(bytes, static_cast<std::uint16_t>(entry.size()));
    Append(bytes, AsBytes(entry));
  }
  return bytes;
}

TEST(LayoutTest, PathsAreThoseOfTheTilesSpecification) {
  EXPECT_EQ(EntriesPath(1234067), "tile/entries/x001/x234/067");
  EXPECT_EQ(TilePath(0, 0), "tile/0/000");
  EXPECT_EQ(TilePath(1, 999), "tile/1/999");
  EXPECT_EQ(TilePath(2, 1000), "tile/2/x001/000");
  EXPECT_EQ(PartialTilePath(273, 112), "tile/0/273.p/112");
}

RC_GTEST_PROP(LayoutTest, EveryPathParsesToWhatItWasMadeOf, (std::uint64_t index)) {
  const auto level = *rc::gen::inRange(0u, 64u);
  const auto width = *rc::gen::inRange<std::size_t>(1, 256);
  const auto tile = ParseTilePath(TilePath(level, index));
  RC_ASSERT(tile && tile->level == level && tile->index == index && tile->width == kTileWidth);
  const auto partial = ParseTilePath(PartialTilePath(index, width));
  RC_ASSERT(partial && partial->index == index && partial->width == width);
  const auto entries = ParseTilePath(EntriesPath(index));
  RC_ASSERT(entries && !entries->level && entries->index == index);
}

TEST(LayoutTest, OtherSpellingsAreNoPaths) {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/00/000",
                           "tile/64/000",
                           "tile/-1/000",
                           "tile/x/000",
                           "tile/0/x000/000",
                           "tile/0/1/000",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/01",
                           "tile/1/000.p/1",
                           "tile/entries/000.p/1",
                           "tile/0/000/",
                           "tile/0/000~",
                           "other/0/000"}) {
    const auto tile = ParseTilePath(path);
    const bool rejected = !tile || tile->width == 0;
    EXPECT_TRUE(rejected) << path;
  }
}

TEST(LayoutTest, ABundleIsSplitIntoItsEntries) {
  const Bytes bytes = Framed({"{}", "{\"a\":1}"});
  const Bundle bundle = SplitBundle(bytes);
  ASSERT_EQ(bundle.entries.size(), 2u);
  EXPECT_EQ(AsText(bundle.entries[1]), "{\"a\":1}");
  EXPECT_EQ(bundle.used, bytes.size());
}

TEST(LayoutTest, SplittingStopsAfter256Entries) {
  Bytes bytes;
  for (int i = 0; i < 257; ++i) Append(bytes, Framed({"{}"}));
  EXPECT_EQ(SplitBundle(bytes).entries.size(), 256u);
  EXPECT_EQ(SplitBundle(bytes).used, 256u * 4);
}

TEST(LayoutTest, AnEntryCutOffAnywhereIsATornTail) {
  const Bytes bytes = Framed({"{}", "{\"a\":1}"});
  for (std::size_t size = 5; size < bytes.size(); ++size) {
    const ByteSpan cut = ByteSpan(bytes).first(size);
    const Bundle bundle = SplitBundle(cut);
    EXPECT_EQ(bundle.used, 4u);
    EXPECT_TRUE(IsTornTail(cut.subspan(bundle.used))) << size;
  }
}

TEST(LayoutTest, ZerosAfterAPartOfAnEntryAreATornTail) {
  Bytes bytes = Framed({"{\"a\":1}"});
  bytes.resize(5);
  bytes.resize(4096);
  EXPECT_EQ(SplitBundle(bytes).used, 0u);
  EXPECT_TRUE(IsTornTail(bytes));
}

TEST(LayoutTest, AWholeEntryThatIsNoJsonObjectIsNotATornTail) {
  const Bytes bytes = Framed({"\"a\":1}}"});
  EXPECT_EQ(SplitBundle(bytes).used, 0u);
  EXPECT_FALSE(IsTornTail(bytes));
}

}  // namespace
}  // namespace vallum::audit
