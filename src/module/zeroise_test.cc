// SPDX-License-Identifier: Apache-2.0
// Requirement: zeroise-scan
#include "module/zeroise.h"

#include <atomic>
#include <thread>

#include "base/test_memory_scan.h"
#include "module/impl.h"
#include "module/test_module.h"

// libcrypto's own, of which the door gives out handles.
extern "C" int EVP_PKEY_up_ref(evp_pkey_st* key);
extern "C" void EVP_PKEY_free(evp_pkey_st* key);

namespace vallum::module {
namespace {

using testing::IsEmpty;
using testing::Not;

class ZeroiseTest : public testing::Test {
 protected:
  void SetUp() override {
    ModuleConfig config = TestConfig();
    config.drain_limit = std::chrono::milliseconds(200);
    module_ = Module::Start(config).value();
    ASSERT_THAT(module_->UnsealEphemeral(), IsOk());
  }

  KeyRef Make(Algorithm algorithm, bool extractable = false) {
    auto made = module_->GenerateKey(
        {.algorithm = algorithm, .usages = {}, .extractable = extractable}, KeyId(), 1);
    EXPECT_THAT(made, IsOk());
    return made ? made->value.key : nullptr;
  }

  KeyRef Enter(Algorithm algorithm, const SecretBytes& canary) {
    auto entered = module_->EnterKey({.algorithm = algorithm, .usages = {}}, canary);
    EXPECT_THAT(entered, IsOk());
    return entered ? entered->value : nullptr;
  }

  // The canary goes through six services, in three keys.
  std::vector<KeyRef> UseInSixServices(const SecretBytes& canary) {
    const KeyRef gcm = Enter(Algorithm::kAes256Gcm, canary);
    const KeyRef hmac = Enter(Algorithm::kHmacSha256, canary);
    const KeyRef kwp = Enter(Algorithm::kAes256Kwp, canary);
    const KeyRef other = Make(Algorithm::kAes256Gcm, true);
    EXPECT_THAT(module_->GrantInvocations(*gcm, 0, 8), IsOk());
    const Bytes text(64, 0x74);
    auto sealed = module_->Encrypt(*gcm, text, {});
    EXPECT_THAT(sealed, IsOk());
    EXPECT_THAT(module_->Decrypt(*gcm, sealed->value.iv, sealed->value.data, sealed->value.tag, {}),
                IsOk());
    auto mac = module_->Mac(*hmac, text);
    EXPECT_THAT(mac, IsOk());
    EXPECT_THAT(module_->VerifyMac(*hmac, text, mac->value), IsOk());
    auto wrapped = module_->WrapKey(*kwp, *other);
    EXPECT_THAT(wrapped, IsOk());
    EXPECT_THAT(
        module_->UnwrapKey(*kwp, wrapped->value, {.algorithm = Algorithm::kAes256Gcm, .usages = {}},
                           other->attributes().id, 1),
        IsOk());
    return {gcm, hmac, kwp};
  }

  std::unique_ptr<Module> module_;
};

TEST_F(ZeroiseTest, AZeroisedKeyIsUnusableForAllItsHolders) {
  const KeyRef key = Make(Algorithm::kEcP256, true);
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): a second holder is what it is about
  const KeyRef holder = key;
  const KeyRef other = Make(Algorithm::kEcP256);
  const auto report = ZeroiseKey(*module_, *key);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->objects, 1u);
  EXPECT_GT(report->bytes, 0u);
  EXPECT_TRUE(report->verified);
  EXPECT_LE(report->started, report->finished);

  EXPECT_THAT(module_->Sign(*holder, Scheme::kDefault, {}), IsError(Code::kKeyState));
  EXPECT_THAT(module_->PublicKey(*holder), IsError(Code::kKeyState));
  EXPECT_THAT(module_->TlsKey(*holder), IsError(Code::kKeyState));
  EXPECT_THAT(ExportPrivateKeyPem(*module_, *holder), IsError(Code::kKeyState));
  EXPECT_THAT(ZeroiseKey(*module_, *holder), IsError(Code::kKeyState));
  EXPECT_THAT(module_->Sign(*other, Scheme::kDefault, {}), IsOk());
  EXPECT_EQ(module_->state(), State::kOperational);
}

TEST_F(ZeroiseTest, AZeroisedKeyOfAnyAlgorithmHoldsNothing) {
  for (const Algorithm algorithm : Algorithms()) {
    SCOPED_TRACE(Name(algorithm));
    const KeyRef key = Make(algorithm, true);
    const auto report = ZeroiseKey(*module_, *key);
    ASSERT_THAT(report, IsOk());
    EXPECT_TRUE(report->verified);
    EXPECT_GT(report->bytes, 0u);
    EXPECT_EQ(key->pair(), nullptr);
    EXPECT_TRUE(key->raw().empty());
  }
}

TEST_F(ZeroiseTest, NeitherWrapsNorWrapsWithAZeroisedKey) {
  const KeyRef wrapping = Make(Algorithm::kAes256Kwp);
  const KeyRef key = Make(Algorithm::kAes256Gcm, true);
  ASSERT_THAT(ZeroiseKey(*module_, *key), IsOk());
  EXPECT_THAT(module_->WrapKey(*wrapping, *key), IsError(Code::kKeyState));
  const KeyRef live = Make(Algorithm::kAes256Gcm, true);
  ASSERT_THAT(ZeroiseKey(*module_, *wrapping), IsOk());
  EXPECT_THAT(module_->WrapKey(*wrapping, *live), IsError(Code::kKeyState));
}

// As libssl does while a handshake runs: its reference outlives ours.
TEST_F(ZeroiseTest, AKeyThatIsLentIsCountedAndNotSaidToBeGone) {
  const KeyRef key = Make(Algorithm::kEcP256);
  const auto lent = module_->TlsKey(*key);
  ASSERT_THAT(lent, IsOk());
  ASSERT_EQ(EVP_PKEY_up_ref(*lent), 1);
  const auto report = ZeroiseKey(*module_, *key);
  EVP_PKEY_free(*lent);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->lent, 1u);
  EXPECT_FALSE(report->verified);
  EXPECT_FALSE(module_->status().last_zeroisation->verified);
  const auto next = ZeroiseKey(*module_, *Make(Algorithm::kEcP256));
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->lent, 0u);
  EXPECT_TRUE(next->verified);
}

TEST_F(ZeroiseTest, StatusNamesTheLastZeroisation) {
  EXPECT_FALSE(module_->status().last_zeroisation.has_value());
  const KeyRef key = Make(Algorithm::kAes256Gcm);
  const auto report = ZeroiseKey(*module_, *key);
  ASSERT_THAT(report, IsOk());
  const auto shown = module_->status().last_zeroisation;
  ASSERT_TRUE(shown.has_value());
  EXPECT_EQ(shown->bytes, report->bytes);
  EXPECT_EQ(shown->finished, report->finished);
}

TEST_F(ZeroiseTest, ACanaryIsGoneFromMemoryAfterSixServicesWhileItsHandlesLive) {
  if (!kMemoryIsOurs) GTEST_SKIP() << "needs the C library's own heap";
  MemoryScan scan;
  std::vector<KeyRef> held;
  {
    auto canary = SecretBytes::Create(32);
    ASSERT_THAT(canary, IsOk());
    ASSERT_THAT(module_->Random(canary->mutable_span()), IsOk());
    scan.Add(canary->span());
    held = UseInSixServices(*canary);
  }
  EXPECT_THAT(scan.InThisProcess(), Not(IsEmpty())) << "the keys are live";
  const auto report = ZeroiseAll(*module_);
  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->verified);
  EXPECT_GE(report->objects, 4u) << "three keys and the key-encryption key";
  EXPECT_GT(report->bytes, 0u);
  EXPECT_THAT(scan.InThisProcess(), IsEmpty());
}

TEST_F(ZeroiseTest, EverythingEndsUninitialisedAndCanBeginAnew) {
  auto made = module_->GenerateKey({.algorithm = Algorithm::kEcP256, .usages = {}}, KeyId(), 1);
  ASSERT_THAT(made, IsOk());
  ASSERT_THAT(ZeroiseAll(*module_), IsOk());
  EXPECT_EQ(module_->state(), State::kUninitialised);
  EXPECT_THAT(module_->Sign(*made->value.key, Scheme::kDefault, {}), IsError(Code::kModuleState));

  ASSERT_THAT(module_->UnsealEphemeral(), IsOk());
  EXPECT_THAT(module_->Sign(*made->value.key, Scheme::kDefault, {}), IsError(Code::kKeyState));
  EXPECT_THAT(module_->OpenKey(made->value.blob, KeyId(), 1), IsError(Code::kIntegrity));
  const KeyRef fresh = Make(Algorithm::kEcP256);
  EXPECT_THAT(module_->Sign(*fresh, Scheme::kDefault, {}), IsOk());
}

TEST_F(ZeroiseTest, WorksInTheErrorStateAndStaysThere) {
  const KeyRef key = Make(Algorithm::kAes256Gcm);
  module_->impl().Fail(Internal("for the test"));
  ASSERT_EQ(module_->state(), State::kErrorHard);
  const auto one = ZeroiseKey(*module_, *key);
  ASSERT_THAT(one, IsOk());
  EXPECT_TRUE(one->verified);
  EXPECT_EQ(module_->state(), State::kErrorHard);
  const auto all = ZeroiseAll(*module_);
  ASSERT_THAT(all, IsOk());
  EXPECT_GE(all->objects, 1u);
  EXPECT_TRUE(all->verified);
  EXPECT_EQ(module_->state(), State::kErrorHard);
  EXPECT_EQ(module_->status().first_error, "for the test");
}

TEST_F(ZeroiseTest, AKeyStaysWhenAServiceDoesNotLeave) {
  const KeyRef key = Make(Algorithm::kEcP256);
  {
    auto hanging = module_->impl().gate.Enter(kServing);
    ASSERT_THAT(hanging, IsOk());
    EXPECT_THAT(ZeroiseKey(*module_, *key), IsError(Code::kTimeout));
  }
  EXPECT_EQ(module_->state(), State::kOperational);
  EXPECT_THAT(module_->Sign(*key, Scheme::kDefault, {}), IsOk());
  EXPECT_FALSE(module_->status().last_zeroisation.has_value()) << "no indication without the deed";
}

TEST_F(ZeroiseTest, EverythingFailsHardWhenAServiceDoesNotLeave) {
  auto hanging = module_->impl().gate.Enter(kServing);
  ASSERT_THAT(hanging, IsOk());
  EXPECT_THAT(ZeroiseAll(*module_), IsError(Code::kTimeout));
  EXPECT_EQ(module_->state(), State::kErrorHard);
  EXPECT_FALSE(module_->status().last_zeroisation.has_value());
}

TEST_F(ZeroiseTest, ShutdownZeroisesTheKeysThatAreStillHeld) {
  const KeyRef key = Make(Algorithm::kAes256Kwp, true);
  module_->Shutdown();
  EXPECT_TRUE(key->raw().empty());
  EXPECT_TRUE(module_->status().last_zeroisation->verified);
  EXPECT_THAT(ZeroiseAll(*module_), IsError(Code::kModuleState));
}

TEST_F(ZeroiseTest, UsersOfOtherKeysOnlyWait) {
  const KeyRef other = Make(Algorithm::kHmacSha256);
  KeyRef victim = Make(Algorithm::kHmacSha256);
  std::atomic<bool> stop{false};
  std::atomic<int> after_report{0};
  std::vector<std::thread> users;
  users.reserve(3);
  for (int i = 0; i < 3; ++i) {
    users.emplace_back([&] {
      bool gone = false;
      while (!stop) {
        EXPECT_THAT(module_->Mac(*other, {}), IsOk());
        const auto mac = module_->Mac(*victim, {});
        if (mac && gone) ++after_report;
        if (!mac) {
          EXPECT_EQ(mac.error().code(), Code::kKeyState);
        }
        gone = gone || !mac;
      }
    });
  }
  EXPECT_THAT(ZeroiseKey(*module_, *victim), IsOk());
  EXPECT_THAT(module_->Mac(*victim, {}), IsError(Code::kKeyState));
  stop = true;
  for (std::thread& user : users) user.join();
  EXPECT_EQ(after_report, 0);
}

TEST_F(ZeroiseTest, TheRegistryKnowsEveryKeyAndForgetsTheDead) {
  const std::size_t before = KeyRegistry::Count();
  {
    std::vector<KeyRef> keys;
    keys.reserve(40);
    for (int i = 0; i < 40; ++i) keys.push_back(Make(Algorithm::kAes256Gcm));
    EXPECT_EQ(KeyRegistry::Count(), before + 40);
    keys.erase(keys.begin() + 7, keys.begin() + 23);
    EXPECT_EQ(KeyRegistry::Count(), before + 24);
  }
  EXPECT_EQ(KeyRegistry::Count(), before);
}

TEST_F(ZeroiseTest, TheGeneratorsWorkAgainAfterTheyWereWiped) {
  ASSERT_THAT(ZeroiseAll(*module_), IsOk());
  std::array<std::uint8_t, 32> first{};
  std::array<std::uint8_t, 32> second{};
  EXPECT_THAT(module_->Random(first), IsOk());
  EXPECT_THAT(module_->Random(second), IsOk());
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace vallum::module
