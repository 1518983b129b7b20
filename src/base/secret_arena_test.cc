// SPDX-License-Identifier: Apache-2.0
#include "base/secret_arena.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <thread>
#include <vector>

#include "base/test_matchers.h"

namespace vallum::internal {
namespace {

using testing::Contains;

constexpr std::size_t kSlab = 64 << 10;
constexpr std::size_t kSizes[] = {1, 32, 33, 1000, 32768, 32769, 100000};

// Reads memory that is free, which the address sanitizer would otherwise (rightly) refuse.
__attribute__((noinline, no_sanitize("address"))) bool IsZero(const std::uint8_t* data,
                                                              std::size_t size) {
  const volatile std::uint8_t* byte = data;
  for (std::size_t i = 0; i < size; ++i) {
    if (byte[i] != 0) return false;
  }
  return true;
}

__attribute__((noinline, no_sanitize("address"))) void Touch(const std::uint8_t* data) {
  [[maybe_unused]] const std::uint8_t byte = *static_cast<const volatile std::uint8_t*>(data);
}

// The VmFlags that the kernel reports for the mapping that holds `data`.
std::vector<std::string> FlagsOf(const void* data) {
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    if (sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) {  // NOLINT: fixed format
      inside = begin <= address && address < end;
    }
    if (!inside || !line.starts_with("VmFlags:")) continue;
    std::istringstream words(line.substr(8));
    return {std::istream_iterator<std::string>(words), {}};
  }
  return {};
}

// The exit code of a child that runs `check`, or -1.
int InChild(int (*check)()) {
  const pid_t child = fork();
  if (child == 0) _exit(check());
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

TEST(SecretArenaTest, PagesAreLockedNotDumpedAndWipedOnFork) {
  for (const std::size_t size : kSizes) {
    const auto secret = SecretBytes::Create(size);
    ASSERT_THAT(secret, IsOk());
    const auto flags = FlagsOf(secret->span().data());
    EXPECT_THAT(flags, Contains("lo")) << size;
    EXPECT_THAT(flags, Contains("dd")) << size;
    EXPECT_THAT(flags, Contains("wf")) << size;
  }
}

TEST(SecretArenaTest, ForkedChildSeesZeros) {
  static const SecretBytes* const kSecrets = [] {
    auto* secrets = new SecretBytes[std::size(kSizes)];
    for (std::size_t i = 0; i < std::size(kSizes); ++i) {
      secrets[i] = *SecretBytes::CopyOf(Bytes(kSizes[i], 0xaa));
    }
    return secrets;
  }();
  EXPECT_EQ(InChild([] {
              for (std::size_t i = 0; i < std::size(kSizes); ++i) {
                if (!IsZero(kSecrets[i].span().data(), kSizes[i])) return 1;
              }
              return 0;
            }),
            0);
  EXPECT_EQ(kSecrets[1].span()[31], 0xaa);
  delete[] kSecrets;
}

TEST(SecretArenaTest, ForkedChildAllocatesInLockedPagesOfItsOwn) {
  static auto* const kInherited = new SecretBytes(*SecretBytes::CopyOf(Bytes(64, 0xaa)));
  EXPECT_EQ(InChild([] {
              const auto begin = reinterpret_cast<std::uintptr_t>(kInherited->span().data());
              const auto mine = SecretBytes::CopyOf(Bytes(64, 0xbb));
              if (!mine) return 1;
              const auto at = reinterpret_cast<std::uintptr_t>(mine->span().data());
              if (at / kSlab == begin / kSlab) return 2;
              const auto flags = FlagsOf(mine->span().data());
              if (std::ranges::find(flags, "lo") == flags.end()) return 3;
              *kInherited = SecretBytes();  // freeing what was inherited harms nothing
              return GetSecretArenaStats().blocks == 1 ? 0 : 4;
            }),
            0);
}

TEST(SecretArenaTest, FreeWipesTheWholeBlock) {
  for (const std::size_t size : {1, 32, 33, 1000, 20000}) {
    const auto neighbour = SecretBytes::Create(size);  // keeps the slab mapped
    const std::uint8_t* data = nullptr;
    {
      const auto secret = SecretBytes::CopyOf(Bytes(size, 0xaa));
      data = secret->span().data();
      ASSERT_FALSE(IsZero(data, size));
    }
    EXPECT_TRUE(IsZero(data, SecretArena::UsableSize(size))) << size;
  }
}

TEST(SecretArenaTest, GrowingABufferWipesTheOldBlock) {
  const auto neighbour = SecretBytes::Create(64);
  SecretBuffer buffer;
  ASSERT_THAT(buffer.Append(Bytes(64, 0xaa)), IsOk());
  const std::uint8_t* old = buffer.span().data();
  ASSERT_THAT(buffer.Append(Bytes(64, 0xbb)), IsOk());
  ASSERT_NE(buffer.span().data(), old);
  EXPECT_TRUE(IsZero(old, 64));
}

TEST(SecretArenaDeathTest, GuardPagesStandOnBothSidesOfASlab) {
  const auto secret = SecretBytes::Create(40);
  const std::uint8_t* inside = secret->span().data();
  const std::uint8_t* slab = inside - reinterpret_cast<std::uintptr_t>(inside) % kSlab;
  Touch(slab);
  Touch(slab + kSlab - 1);
  EXPECT_DEATH(Touch(slab - 1), "");
  EXPECT_DEATH(Touch(slab + kSlab), "");
}

TEST(SecretArenaDeathTest, GuardPagesStandOnBothSidesOfALargeBlock) {
  const auto secret = SecretBytes::Create(100000);
  const std::uint8_t* data = secret->span().data();
  Touch(data + SecretArena::UsableSize(100000) - 1);
  EXPECT_DEATH(Touch(data - 1), "");
  EXPECT_DEATH(Touch(data + SecretArena::UsableSize(100000)), "");
}

TEST(SecretArenaDeathTest, FreeingTwiceStopsTheProcess) {
  SecretArena& arena = SecretArena::Instance();
  std::uint8_t* neighbour = arena.Allocate(100);
  std::uint8_t* block = arena.Allocate(100);
  arena.Free(block, 100);
  EXPECT_DEATH(arena.Free(block, 100), "");
  EXPECT_DEATH(arena.Free(neighbour + 1, 100), "");
  EXPECT_DEATH(arena.Free(neighbour, 1000), "");
  arena.Free(neighbour, 100);
}

TEST(SecretArenaTest, BlocksOfEverySizeAreDistinctAndAligned) {
  SecretArena& arena = SecretArena::Instance();
  for (const std::size_t size : {1, 32, 64, 500, 9000, 32768, 50000}) {
    std::vector<std::uint8_t*> blocks(100);
    for (std::uint8_t*& block : blocks) block = arena.Allocate(size);
    std::sort(blocks.begin(), blocks.end());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      ASSERT_NE(blocks[i], nullptr);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(blocks[i]) % 32, 0U);
      if (i > 0) {
        EXPECT_GE(blocks[i], blocks[i - 1] + size);
      }
    }
    for (std::uint8_t* block : blocks) arena.Free(block, size);
  }
}

TEST(SecretArenaTest, GivesIdleMemoryBack) {
  const auto before = GetSecretArenaStats();
  std::vector<SecretBytes> secrets(3000);
  for (SecretBytes& secret : secrets) secret = *SecretBytes::Create(1024);
  secrets.push_back(*SecretBytes::Create(1 << 20));
  const auto full = GetSecretArenaStats();
  EXPECT_EQ(full.blocks, before.blocks + 3001);
  EXPECT_EQ(full.bytes, before.bytes + 3000 * 1024 + (1 << 20));
  EXPECT_GE(full.locked_bytes, before.locked_bytes + 3000 * 1024);
  secrets.clear();
  const auto after = GetSecretArenaStats();
  EXPECT_EQ(after.blocks, before.blocks);
  EXPECT_EQ(after.bytes, before.bytes);
  EXPECT_LE(after.locked_bytes, before.locked_bytes + 2 * kSlab);
}

void UseAtRandom(unsigned seed, std::atomic<int>& mistakes) {
  std::mt19937 random(seed);
  std::vector<SecretBytes> secrets(50);
  for (int round = 0; round < 30000; ++round) {
    SecretBytes& secret = secrets[random() % secrets.size()];
    const bool intact = std::ranges::all_of(secret.span(), [seed](auto b) { return b == seed; });
    secret = *SecretBytes::Create(random() % 80);
    if (!intact || !IsZero(secret.span().data(), secret.size())) ++mistakes;
    std::ranges::fill(secret.mutable_span(), static_cast<std::uint8_t>(seed));
  }
}

TEST(SecretArenaTest, ThreadsDoNotSeeEachOther) {
  const auto before = GetSecretArenaStats().blocks;
  std::atomic<int> mistakes = 0;
  std::vector<std::thread> threads;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    threads.emplace_back([seed, &mistakes] { UseAtRandom(seed, mistakes); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(mistakes, 0);
  EXPECT_EQ(GetSecretArenaStats().blocks, before);
}

// Runs in a child without the privilege to lock more than the limit. 0 = as expected.
template <std::size_t kSize>
int UseUpLockedMemory() {
  const rlimit limit = {512 << 10, 512 << 10};
  if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0) return 1;
  if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) return 2;
  std::vector<SecretBytes> secrets;
  while (secrets.size() < 100000) {
    auto secret = SecretBytes::Create(kSize);
    if (!secret && secret.error().code() != Code::kResourceExhausted) return 3;
    if (!secret) break;
    secrets.push_back(std::move(*secret));
  }
  if (secrets.empty() || secrets.size() == 100000) return 4;
  const SecretBytes last = std::move(secrets.back());
  SecretBuffer buffer;
  if (buffer.Append(Bytes(1 << 20, 1))) return 5;
  if (!buffer.empty()) return 6;
  secrets.clear();
  return SecretBytes::Create(kSize) ? 0 : 7;
}

TEST(SecretArenaTest, SaysThatNoMoreMemoryCanBeLockedAndRecovers) {
  EXPECT_EQ(InChild(UseUpLockedMemory<100>), 0);
  EXPECT_EQ(InChild(UseUpLockedMemory<32768>), 0);
  EXPECT_EQ(InChild(UseUpLockedMemory<60000>), 0);
}

TEST(SecretArenaTest, AllocatesNothingWhenNothingCanBeLocked) {
  EXPECT_EQ(InChild([] {
              const rlimit none = {0, 0};
              if (setrlimit(RLIMIT_MEMLOCK, &none) != 0) return 1;
              if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) return 2;
              return SecretBytes::Create(1 << 20).has_value() ? 3 : 0;
            }),
            0);
}

}  // namespace
}  // namespace vallum::internal
