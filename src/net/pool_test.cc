// SPDX-License-Identifier: Apache-2.0
#include "net/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace vallum::net {
namespace {

TEST(PoolTest, RunsJobsAtTheSameTimeUpToItsThreads) {
  Pool pool(3, 0);
  std::latch together(3);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(pool.TrySubmit([&] { together.arrive_and_wait(); }));
  }
  together.wait();
}

TEST(PoolTest, RefusesWhatItsQueueHasNoRoomFor) {
  Pool pool(1, 2);
  std::latch release(1);
  std::latch running(1);
  ASSERT_TRUE(pool.TrySubmit([&] {
    running.count_down();
    release.wait();
  }));
  running.wait();
  std::atomic<int> ran = 0;
  std::latch both(2);
  const auto job = [&] {
    ++ran;
    both.count_down();
  };
  EXPECT_TRUE(pool.TrySubmit(job));
  EXPECT_TRUE(pool.TrySubmit(job));
  EXPECT_FALSE(pool.TrySubmit(job));
  release.count_down();
  both.wait();
  EXPECT_EQ(ran, 2);
}

TEST(PoolTest, DropsQueuedJobsWhenItStops) {
  Pool pool(1, 1'000'000'000);
  std::latch release(1);
  std::latch running(1);
  std::atomic<bool> finished = false;
  std::atomic<bool> dropped_ran = false;
  auto token = std::make_shared<int>(0);
  ASSERT_TRUE(pool.TrySubmit([&] {
    running.count_down();
    release.wait();
    finished = true;
  }));
  running.wait();
  ASSERT_TRUE(pool.TrySubmit([token, &dropped_ran] { dropped_ran = true; }));
  std::thread stopper([&] { pool.Stop(); });
  while (pool.TrySubmit([&dropped_ran] { dropped_ran = true; })) std::this_thread::yield();
  release.count_down();
  stopper.join();
  EXPECT_TRUE(finished);
  EXPECT_FALSE(dropped_ran);
  EXPECT_EQ(token.use_count(), 1);
}

TEST(PoolTest, WithoutThreadsTakesNothing) {
  Pool pool(0, 5);
  EXPECT_FALSE(pool.TrySubmit([] {}));
}

}  // namespace
}  // namespace vallum::net
