// SPDX-License-Identifier: Apache-2.0
// A writer is killed with SIGKILL at random moments. It reports each acknowledged commit through a
// pipe; afterwards every one of them must be there, whole.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <thread>

#include "base/test_disk.h"
#include "keystore/keystore.h"
#include "keystore/sqlite_keystore.h"

namespace vallum::keystore {
namespace {

constexpr int kKills = 60;
constexpr int kWriters = 3;

std::string NameOf(std::string_view half, std::uint64_t number) {
  return std::string(half) + "/" + std::to_string(number);
}

Bytes ValueOf(std::uint64_t number) {
  return Bytes(number % 3000, static_cast<std::uint8_t>(number));
}

// Commits pairs of entries until it is killed. The numbers of a round and writer do not repeat.
void WriteForever(Keystore& store, std::uint64_t number, int pipe) {
  for (;; number += kWriters) {
    Transaction transaction;
    transaction.Put(NameOf("left", number), ValueOf(number));
    transaction.Put(NameOf("right", number), ValueOf(number));
    if (!store.Commit(transaction)) _exit(3);
    if (write(pipe, &number, sizeof(number)) != sizeof(number)) _exit(4);
  }
}

[[noreturn]] void RunChild(const std::filesystem::path& path, std::uint64_t first, int pipe) {
  const auto store = OpenSqliteKeystore(path);
  if (!store) _exit(2);
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] { WriteForever(**store, first + static_cast<unsigned>(i), pipe); });
  }
  for (;;) pause();
}

// Lets a child write for a random time and returns what it had acknowledged when it was killed.
std::vector<std::uint64_t> WriteAndKill(const std::filesystem::path& path, std::uint64_t first,
                                        std::chrono::microseconds life) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    RunChild(path, first, ends[1]);
  }
  close(ends[1]);
  std::vector<std::uint64_t> acknowledged;
  std::uint64_t number = 0;
  // The first one shows that it has started.
  if (read(ends[0], &number, sizeof(number)) == sizeof(number)) acknowledged.push_back(number);
  std::this_thread::sleep_for(life);
  kill(child, SIGKILL);
  while (read(ends[0], &number, sizeof(number)) == sizeof(number)) acknowledged.push_back(number);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer gave up with " << WEXITSTATUS(status);
  return acknowledged;
}

TEST(SqliteCrashTest, EveryAcknowledgedCommitSurvivesSixtyKills) {
  const ScratchFolder folder;
  std::mt19937 random(testing::UnitTest::GetInstance()->random_seed());
  std::vector<std::uint64_t> acknowledged;
  for (int round = 0; round < kKills; ++round) {
    const auto life = std::chrono::microseconds(random() % 20000);
    const auto more = WriteAndKill(folder / "store.db", round * 1000000u, life);
    ASSERT_FALSE(more.empty()) << "round " << round;
    acknowledged.insert(acknowledged.end(), more.begin(), more.end());
  }
  const auto store = OpenSqliteKeystore(folder / "store.db");
  ASSERT_TRUE(store) << store.error().ToString();
  for (const std::uint64_t number : acknowledged) {
    for (const char* half : {"left", "right"}) {
      const auto entry = (*store)->Get(NameOf(half, number));
      ASSERT_TRUE(entry) << half << " " << number;
      ASSERT_EQ(entry->value, ValueOf(number));
    }
  }
  EXPECT_EQ((*store)->List("left/", "", 1000000)->size(),
            (*store)->List("right/", "", 1000000)->size());
}

}  // namespace
}  // namespace vallum::keystore
