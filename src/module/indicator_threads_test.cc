// SPDX-License-Identifier: Apache-2.0
// A million operations on sixteen threads, approved and not approved in turn, on shared keys: each has
// its own indicator. And a million IVs of one key: no two are the same.
#include <algorithm>
#include <atomic>
#include <thread>

#include "module/test_module.h"

namespace vallum::module {
namespace {

constexpr int kThreads = 16;
constexpr std::uint32_t Bits(auto... reasons) {
  return (0u | ... | static_cast<std::uint32_t>(reasons));
}

KeyRef Enter(Module& module, Algorithm algorithm, std::size_t size) {
  const auto key = module.EnterKey({.algorithm = algorithm, .usages = {}},
                                   SecretBytes::CopyOf(Bytes(size, 0x5A)).value());
  EXPECT_THAT(key, IsOk());
  return key->value;
}

struct Keys {
  KeyRef hmac;
  KeyRef weak;
  KeyRef aes;
};

// The reasons that operation `turn` came back with, and those it should have.
std::pair<Result<Indicator>, std::uint32_t> RunOne(Module& module, const Keys& keys,
                                                   unsigned turn) {
  constexpr std::string_view kMessage = "0123456789abcdef";
  const Bytes iv(12, static_cast<std::uint8_t>(turn));
  const auto of = [](const auto& result) -> Result<Indicator> {
    if (!result) return result.error();
    return result->indicator;
  };
  switch (turn % 6) {
    case 0:
      return {of(module.Mac(*keys.hmac, AsBytes(kMessage))), 0};
    case 1:
      return {of(module.Mac(*keys.weak, AsBytes(kMessage))),
              Bits(Reason::kShortKey, Reason::kProviderIndicator, Reason::kKeyMadeNotApproved)};
    case 2:
      return {of(module.EncryptWith(*keys.aes, {}, AsBytes(kMessage))), 0};
    case 3:
      return {of(module.EncryptWith(*keys.aes, {.iv = iv}, AsBytes(kMessage))),
              Bits(Reason::kExternalIv)};
    case 4:
      return {of(module.MacWith(*keys.aes, {.size = 6}, AsBytes(kMessage))),
              Bits(Reason::kWeakParameters)};
    default:
      return {of(module.Hash(DigestAlgorithm::kSha256, AsBytes(kMessage))), 0};
  }
}

// Requirement: ind-threads
TEST(IndicatorThreadsTest, AMillionMixedOperationsDoNotTalkAcross) {
  constexpr unsigned kEach = 1'000'000 / kThreads;
  const auto module = StartForTest(Policy::kOn);
  ASSERT_NE(module, nullptr);
  const Keys keys{Enter(*module, Algorithm::kHmacSha256, 32),
                  Enter(*module, Algorithm::kHmacSha256, 8),
                  Enter(*module, Algorithm::kAes256, 32)};
  EXPECT_THAT(module->GrantInvocations(*keys.aes, 0, 1'000'000), IsOk());
  const std::uint64_t before = module->status().services_not_approved;
  std::atomic<std::uint64_t> wrong{0};
  std::atomic<std::uint64_t> flagged{0};
  std::vector<std::thread> threads;
  for (unsigned id = 0; id < kThreads; ++id) {
    threads.emplace_back([&, id] {
      for (unsigned i = 0; i < kEach; ++i) {
        const auto [got, reasons] = RunOne(*module, keys, i + id);
        if (!got || got->reasons != reasons || got->approved() != (reasons == 0)) ++wrong;
        if (reasons != 0) ++flagged;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0u);
  EXPECT_EQ(module->status().services_not_approved - before, flagged.load());
}

// Requirement: gcm-iv
TEST(GcmIvTest, AMillionIvsOfOneKeyOnFourThreadsAreAllDifferent) {
  constexpr std::size_t kWorkers = 4, kEach = 250'000;
  using Iv = std::array<std::uint8_t, 12>;
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  const KeyRef key = Enter(*module, Algorithm::kAes256Gcm, 32);
  // A thread counts ahead, so a few may stay unused; more than granted must never be.
  constexpr std::size_t kSpare = 1024, kGranted = kWorkers * kEach + kSpare;
  EXPECT_THAT(module->GrantInvocations(*key, 0, kGranted), IsOk());
  std::vector<Iv> ivs(kWorkers * kEach);
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (std::size_t id = 0; id < kWorkers; ++id) {
    threads.emplace_back([&, id] {
      for (std::size_t i = 0; i < kEach; ++i) {
        const auto sealed = module->Encrypt(*key, {}, {});
        if (!sealed) ++failed;
        if (sealed) ivs[id * kEach + i] = sealed->value.iv;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed.load(), 0);
  std::ranges::sort(ivs);
  EXPECT_EQ(std::ranges::adjacent_find(ivs), ivs.end());
  std::size_t more = 0;
  while (more <= kSpare && module->Encrypt(*key, {}, {})) ++more;
  EXPECT_LE(more, kSpare);
  EXPECT_GT(more, 0u);
  EXPECT_THAT(module->Encrypt(*key, {}, {}), IsError(Code::kInvocationLimit));
}

}  // namespace
}  // namespace vallum::module
