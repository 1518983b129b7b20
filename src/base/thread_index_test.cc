// SPDX-License-Identifier: Apache-2.0
#include "base/thread_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <set>
#include <thread>
#include <vector>

namespace vallum {
namespace {

std::vector<std::uint32_t> IndicesOf(std::size_t threads) {
  std::vector<std::uint32_t> indices(threads);
  std::barrier together(static_cast<std::ptrdiff_t>(threads));
  std::vector<std::jthread> running;
  running.reserve(threads);
  for (auto& index : indices) {
    running.emplace_back([&index, &together] {
      index = ThreadIndex();
      together.arrive_and_wait();
      if (ThreadIndex() != index) index = 0;
    });
  }
  running.clear();
  return indices;
}

TEST(ThreadIndexTest, NoTwoLivingThreadsHaveTheSame) {
  const std::uint32_t mine = ThreadIndex();
  const auto indices = IndicesOf(40);
  const std::set<std::uint32_t> different(indices.begin(), indices.end());
  EXPECT_EQ(different.size(), indices.size());
  EXPECT_FALSE(different.contains(mine));
  EXPECT_FALSE(different.contains(0));
}

TEST(ThreadIndexTest, ThreadsThatEndedGiveTheirNumbersBack) {
  for (int round = 0; round < 100; ++round) {
    for (const std::uint32_t index : IndicesOf(16)) ASSERT_LE(index, 64u);
  }
}

TEST(ThreadIndexTest, MoreThreadsThanNumbersHaveNone) {
  const auto indices = IndicesOf(kMostThreadIndices + 8);
  EXPECT_GE(std::ranges::count(indices, kNoThreadIndex), 8);
  EXPECT_LT(std::ranges::count(indices, kNoThreadIndex), 16);
}

struct AsksAtTheEnd {
  std::uint32_t* seen;
  ~AsksAtTheEnd() { *seen = ThreadIndex(); }
};

TEST(ThreadIndexTest, AThreadThatEndsHasNoNumberAnyMore) {
  std::uint32_t seen = 0;
  std::jthread([&seen] {
    // Made first, so destroyed after the number went back.
    thread_local AsksAtTheEnd last{nullptr};
    last.seen = &seen;
    EXPECT_LE(ThreadIndex(), kMostThreadIndices);
  }).join();
  EXPECT_EQ(seen, kNoThreadIndex);
}

}  // namespace
}  // namespace vallum
