// SPDX-License-Identifier: Apache-2.0
// Requirement: dump-fork-leak
// What a core dump, a forked child and the swap see of the keys.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "base/file.h"
#include "base/test_memory_scan.h"
#include "module/impl.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

using testing::IsEmpty;
using testing::Not;

constexpr int kReport = 100;  // the descriptor on which the child says its keys, inverted
constexpr std::size_t kKeySize = 32;

// The other program of this file: makes a key that lives in the arena and one that lives in libcrypto's
// memory, says both, and stops; woken up, it dies with a core dump. It runs in a process of its own.
TEST(LeakChild, DISABLED_MakesKeysAndStops) {
  const auto module = StartForTest();
  std::vector<KeyRef> keys;
  for (const Algorithm algorithm : {Algorithm::kGenericSecret, Algorithm::kAes256Gcm}) {
    SecretBytes material = SecretBytes::Create(kKeySize).value();
    ASSERT_THAT(module->Random(material.mutable_span()), IsOk());
    keys.push_back(module->EnterKey({.algorithm = algorithm, .usages = {}}, material)->value);
    for (std::uint8_t& byte : material.mutable_span()) byte = static_cast<std::uint8_t>(~byte);
    ASSERT_EQ(write(kReport, material.span().data(), kKeySize), static_cast<ssize_t>(kKeySize));
  }
  (void)raise(SIGSTOP);
  std::abort();
}

struct Victim {
  pid_t pid = -1;
  Bytes arena_key;
  Bytes library_key;
};

// What the child does before it becomes the other program.
[[noreturn]] void Become(int report, const std::string& folder) {
  const rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
  (void)setrlimit(RLIMIT_CORE, &unlimited);
  if (dup2(report, kReport) < 0 || chdir(folder.c_str()) != 0) _exit(1);
  execl("/proc/self/exe", "leak_child", "--gtest_also_run_disabled_tests",
        "--gtest_filter=LeakChild.DISABLED_MakesKeysAndStops", static_cast<char*>(nullptr));
  _exit(1);
}

Bytes ReadInverted(int from) {
  Bytes key(kKeySize);
  EXPECT_EQ(read(from, key.data(), key.size()), static_cast<ssize_t>(key.size()));
  for (std::uint8_t& byte : key) byte = static_cast<std::uint8_t>(~byte);
  return key;
}

// Begin returns once the child has stopped with its keys in memory.
Victim Begin(const std::string& folder) {
  std::array<int, 2> pipe_ends{};
  EXPECT_EQ(pipe(pipe_ends.data()), 0);
  Victim victim;
  victim.pid = fork();
  if (victim.pid == 0) Become(pipe_ends[1], folder);
  close(pipe_ends[1]);
  victim.arena_key = ReadInverted(pipe_ends[0]);
  victim.library_key = ReadInverted(pipe_ends[0]);
  close(pipe_ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(victim.pid, &status, WUNTRACED), victim.pid);
  EXPECT_TRUE(WIFSTOPPED(status));
  return victim;
}

// End lets the child die of SIGABRT and returns whether the kernel dumped it.
bool End(const Victim& victim) {
  int status = 0;
  (void)kill(victim.pid, SIGCONT);
  EXPECT_EQ(waitpid(victim.pid, &status, 0), victim.pid);
  EXPECT_TRUE(WIFSIGNALED(status));
  return WCOREDUMP(status);
}

// The kernel leaves out of a dump what is marked so: "dd" among a mapping's flags.
bool IsDumped(const std::string& flags) { return flags.find(" dd") == std::string::npos; }
bool IsMapped(const std::string&) { return true; }

std::string FirstFileIn(const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) return entry.path();
  return {};
}

TEST(LeakTest, ADumpHoldsNoKeyOfTheArena) {
  if (!kMemoryIsOurs) GTEST_SKIP() << "needs the C library's own heap";
  const ScratchFolder folder;
  const Victim victim = Begin(folder.path());
  MemoryScan scan(victim.arena_key);
  const std::string pid = std::to_string(victim.pid);
  EXPECT_THAT(scan.InProcess(pid, IsMapped), Not(IsEmpty())) << "the key is live";
  EXPECT_THAT(scan.InProcess(pid, IsDumped), IsEmpty());
  MemoryScan library(victim.library_key);
  EXPECT_THAT(library.InProcess(pid, IsDumped), Not(IsEmpty()))
      << "libcrypto's heap is dumped; vallumd therefore forbids dumps (src/server/process.cc)";
  const bool dumped = End(victim);
  const std::string core = FirstFileIn(folder.path());
  if (!dumped || core.empty()) return;  // the machine writes its dumps elsewhere
  EXPECT_THAT(scan.InFile(core), IsEmpty());
  EXPECT_THAT(library.InFile(core), Not(IsEmpty()));
}

class ForkTest : public ModuleTest {};

TEST_F(ForkTest, AForkedChildSeesNoKeyOfTheArenaAndIsRefused) {
  if (!kMemoryIsOurs) GTEST_SKIP() << "needs the C library's own heap";
  const KeyRef key = MakeKey(Algorithm::kGenericSecret);
  MemoryScan scan(key->raw());
  ASSERT_THAT(scan.InThisProcess(), Not(IsEmpty()));
  const pid_t child = fork();
  if (child == 0) {
    std::array<std::uint8_t, 16> room{};
    const auto refused = module_->Random(room);
    if (refused || refused.error().code() != Code::kModuleState) _exit(1);
    if (ZeroiseAll(*module_)) _exit(2);
    _exit(scan.InThisProcess().empty() ? 0 : 3);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(ForkTest, TheWholeArenaIsLockedInMemory) {
  const auto held = SecretBytes::Create(100'000);
  ASSERT_THAT(held, IsOk());
  std::ifstream status("/proc/self/status");
  std::size_t locked = 0;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmLck:")) locked = std::stoul(line.substr(6)) * 1024;
  }
  EXPECT_GE(locked, GetSecretArenaStats().locked_bytes);
  EXPECT_GE(GetSecretArenaStats().locked_bytes, 100'000u);
}

}  // namespace
}  // namespace vallum::module
