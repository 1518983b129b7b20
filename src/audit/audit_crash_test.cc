// SPDX-License-Identifier: Apache-2.0
// An appender is killed with SIGKILL at random moments. It reports each index that it was given
// through a pipe; afterwards every one of them must hold what was appended, and the log must verify.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <thread>

#include "audit/test_support.h"

namespace vallum::audit {
namespace {

constexpr int kKills = 60;

struct Receipt {
  std::uint64_t index;
  std::uint64_t number;
};

Options CrashOptions(const std::filesystem::path& folder) {
  Options options = TestOptions(folder);
  options.sync_interval = std::chrono::milliseconds(2);
  options.checkpoint_interval = std::chrono::milliseconds(5);
  return options;
}

void AppendForever(AuditLog& log, std::uint64_t number, int pipe) {
  for (;; number += 2) {
    const auto index = log.Append(TestRecord(number));
    if (!index) _exit(3);
    const Receipt receipt{.index = *index, .number = number};
    if (write(pipe, &receipt, sizeof(receipt)) != sizeof(receipt)) _exit(4);
  }
}

[[noreturn]] void RunChild(const std::filesystem::path& folder, std::uint64_t first, int pipe) {
  const SystemClock clock;
  const auto log = AuditLog::Open(CrashOptions(folder), TestCrypto(), clock);
  if (!log) {
    fprintf(stderr, "%s\n", log.error().ToString().c_str());
    _exit(2);
  }
  std::thread other([&] { AppendForever(**log, first + 1, pipe); });
  AppendForever(**log, first, pipe);
  _exit(5);
}

std::vector<Receipt> AppendAndKill(const std::filesystem::path& folder, std::uint64_t first,
                                   std::chrono::microseconds life) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    RunChild(folder, first, ends[1]);
  }
  close(ends[1]);
  std::vector<Receipt> receipts;
  Receipt receipt{};
  const auto read_one = [&] { return read(ends[0], &receipt, sizeof(receipt)) == sizeof(receipt); };
  std::thread killer;
  while (read_one()) {
    // The first one shows that it has started.
    if (receipts.empty()) {
      killer = std::thread([=] {
        std::this_thread::sleep_for(life);
        kill(child, SIGKILL);
      });
    }
    receipts.push_back(receipt);
  }
  if (killer.joinable()) killer.join();
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the appender gave up with " << WEXITSTATUS(status);
  return receipts;
}

TEST(AuditCrashTest, EveryAcknowledgedIndexSurvivesSixtyKills) {
  const ScratchFolder folder;
  std::mt19937 random(static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed()));
  std::vector<Receipt> receipts;
  for (unsigned round = 0; round < kKills; ++round) {
    const auto life = std::chrono::microseconds(random() % 30000);
    const auto more = AppendAndKill(folder.path(), round * 10000000u, life);
    ASSERT_FALSE(more.empty()) << "round " << round;
    receipts.insert(receipts.end(), more.begin(), more.end());
  }
  const auto log = OpenTestLog(folder.path());
  ASSERT_TRUE(log);
  EXPECT_GE(log->size(), receipts.size());
  for (std::size_t i = 0; i < receipts.size(); i += 1 + i % 7) {
    std::string expected;
    Encode(TestRecord(receipts[i].number), expected);
    ASSERT_THAT(log->ReadEntry(receipts[i].index), IsOkAnd(testing::Eq(expected)));
  }
  ASSERT_THAT(log->Checkpoint(), IsOk());
  EXPECT_THAT(VerifyTestLog(folder.path(), log->VerifierKey()), IsOk());
}

}  // namespace
}  // namespace vallum::audit
