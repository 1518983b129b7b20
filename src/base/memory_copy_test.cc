// SPDX-License-Identifier: Apache-2.0
#include "base/memory_copy.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>
#include <vector>

namespace vallum {
namespace {

// What a copy of this memory, made by `split` as fork is, says of itself.
template <typename Split>
std::uint64_t InCopy(Split split) {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  const pid_t child = split();
  if (child == 0) {
    const std::uint64_t number = MemoryCopy();
    const bool same = MemoryCopy() == number;
    const ssize_t sent = write(ends[1], &number, sizeof number);
    _exit(same && sent == sizeof number ? 0 : 1);
  }
  std::uint64_t number = 0;
  EXPECT_EQ(read(ends[0], &number, sizeof number), static_cast<ssize_t>(sizeof number));
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  close(ends[0]);
  close(ends[1]);
  return number;
}

TEST(MemoryCopyTest, IsTheSameOnEveryThread) {
  const std::uint64_t here = MemoryCopy();
  EXPECT_NE(here, 0u);
  std::vector<std::uint64_t> seen(8);
  std::vector<std::thread> threads;
  threads.reserve(seen.size());
  for (auto& number : seen) threads.emplace_back([&number] { number = MemoryCopy(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(seen, std::vector<std::uint64_t>(8, here));
}

TEST(MemoryCopyTest, IsAnotherAfterAFork) {
  const std::uint64_t here = MemoryCopy();
  const std::uint64_t child = InCopy(fork);
  EXPECT_NE(child, 0u);
  EXPECT_NE(child, here);
  EXPECT_EQ(MemoryCopy(), here);
}

TEST(MemoryCopyTest, IsAnotherAfterACloneThatNoForkHandlerSees) {
  const std::uint64_t here = MemoryCopy();
  const std::uint64_t child = InCopy(
      [] { return static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0)); });
  EXPECT_NE(child, 0u);
  EXPECT_NE(child, here);
}

}  // namespace
}  // namespace vallum
