// SPDX-License-Identifier: Apache-2.0
#include "service/rounds.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace vallum::service {
namespace {

struct Job {
  int worked = 0;
};

TEST(RoundsTest, ALoneJobIsWorkedOnAtOnceInItsOwnThread) {
  Rounds<Job> rounds(8);
  Job job;
  std::thread::id worker;
  rounds.Run(job, [&](std::span<Job* const> round) {
    ASSERT_EQ(round.size(), 1u);
    ++round[0]->worked;
    worker = std::this_thread::get_id();
  });
  EXPECT_EQ(job.worked, 1);
  EXPECT_EQ(worker, std::this_thread::get_id());
}

TEST(RoundsTest, ThoseWhoComeMeanwhileShareTheNextRound) {
  Rounds<Job> rounds(8);
  std::latch first_works(1), others_wait(1);
  std::vector<std::size_t> sizes;
  const auto work = [&](std::span<Job* const> round) {
    sizes.push_back(round.size());
    if (sizes.size() == 1) {
      first_works.count_down();
      others_wait.wait();
    }
    for (Job* job : round) ++job->worked;
  };
  std::vector<Job> jobs(6);
  std::vector<std::thread> threads;
  threads.emplace_back([&] { rounds.Run(jobs[0], work); });
  first_works.wait();
  std::atomic<int> started{0};
  for (std::size_t i = 1; i < jobs.size(); ++i) {
    threads.emplace_back([&, i] {
      ++started;
      rounds.Run(jobs[i], work);
    });
  }
  while (started != 5) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  others_wait.count_down();
  for (auto& thread : threads) thread.join();
  for (const Job& job : jobs) EXPECT_EQ(job.worked, 1);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 5}));
}

TEST(RoundsTest, EveryJobOfManyThreadsIsWorkedOnOnceAndRoundsNeverOverlap) {
  constexpr int kThreads = 16;
  constexpr int kEach = 2000;
  constexpr std::size_t kMost = 5;
  Rounds<Job> rounds(kMost);
  std::atomic<int> inside{0}, wrong{0};
  std::atomic<std::uint64_t> total{0};
  const auto work = [&](std::span<Job* const> round) {
    if (inside.fetch_add(1) != 0 || round.empty() || round.size() > kMost) ++wrong;
    for (Job* job : round) ++job->worked;
    total += round.size();
    inside.fetch_sub(1);
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        Job job;
        rounds.Run(job, work);
        if (job.worked != 1) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(total, static_cast<std::uint64_t>(kThreads) * kEach);
}

}  // namespace
}  // namespace vallum::service
