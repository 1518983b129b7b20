// SPDX-License-Identifier: Apache-2.0
// The life of the module: start against its profile, unseal, self-test, errors, shutdown, fork.
#include "module/module.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "module/copied_provider.h"
#include "module/crc32.h"
#include "module/test_module.h"
#include "ossl/self_test_fault.h"

namespace vallum::module {
namespace {

bool Mentions(const Error& error, std::string_view text) {
  return error.message().find(text) != std::string::npos;
}

TEST(ModuleStartTest, EndsUninitialisedWithEverySelfTestPassed) {
  const auto module = Module::Start(TestConfig());
  ASSERT_THAT(module, IsOk());
  const ModuleStatus status = (*module)->status();
  EXPECT_EQ(status.state, State::kUninitialised);
  EXPECT_EQ(status.provider_version, status.provider.version);
  EXPECT_EQ(status.provider.certificate, "none");
  EXPECT_TRUE(status.first_error.empty());
  EXPECT_FALSE(status.module_version.empty());
  EXPECT_GT(status.self_tests.size(), 30u);
  EXPECT_TRUE(std::ranges::all_of(status.self_tests, &SelfTestResult::passed));
  EXPECT_EQ(status.self_tests.front().name, "KAT_Integrity/HMAC");
}

TEST(ModuleStartTest, DamagedProviderIsNamedBeforeItRuns) {
  CopiedProvider provider;
  provider.content()[provider.content().size() / 2] ^= 0x04;
  provider.Write();
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsError(Code::kIntegrity));
  EXPECT_TRUE(Mentions(module.error(), "CRC-32"));
  EXPECT_TRUE(Mentions(module.error(), provider.config().provider_path.string()));
}

TEST(ModuleStartTest, AlteredProviderWithRightChecksumFailsItsOwnIntegrityTest) {
  CopiedProvider provider;
  provider.content().push_back(0);  // loads as before, and is another file
  provider.Write();
  provider.AcceptChecksum();
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsError(Code::kIntegrity));
  EXPECT_TRUE(Mentions(module.error(), "module-mac"));
}

TEST(ModuleStartTest, WrongModuleMacIsNamedNotItsConsequence) {
  CopiedProvider provider;
  provider.config().profile.module_mac = std::string(64, '0');
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsError(Code::kIntegrity));
  EXPECT_TRUE(Mentions(module.error(), "module-mac"));
  EXPECT_FALSE(Mentions(module.error(), "invalid state"));
}

TEST(ModuleStartTest, WrongPinnedHashSaysBothHashes) {
  CopiedProvider provider;
  const std::string right = provider.config().profile.sha256;
  provider.config().profile.sha256 = std::string(64, '0');
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsError(Code::kIntegrity));
  EXPECT_TRUE(Mentions(module.error(), right));
  EXPECT_TRUE(Mentions(module.error(), std::string(64, '0')));
}

TEST(ModuleStartTest, WrongVersionIsRefused) {
  CopiedProvider provider;
  provider.config().profile.version = "3.1.2";
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsError(Code::kIntegrity));
  EXPECT_TRUE(Mentions(module.error(), "3.1.2"));
}

TEST(ModuleStartTest, MissingOrMisplacedProviderIsRefused) {
  ModuleConfig config = TestConfig();
  config.provider_path = "/nonexistent/fips.so";
  EXPECT_THAT(Module::Start(config), IsError(Code::kIntegrity));
  config.provider_path = "/";
  EXPECT_THAT(Module::Start(config), IsError(Code::kIntegrity));
}

TEST(ModuleStartTest, EnvironmentChangesNothing) {
  setenv("OPENSSL_CONF", "/nonexistent/openssl.cnf", 1);
  setenv("OPENSSL_MODULES", "/nonexistent", 1);
  EXPECT_THAT(Module::Start(TestConfig()), IsOk());
  unsetenv("OPENSSL_CONF");
  unsetenv("OPENSSL_MODULES");
}

TEST(ModuleStartTest, SecondModuleIsRefusedUntilTheFirstIsGone) {
  auto first = Module::Start(TestConfig());
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Module::Start(TestConfig()), IsError(Code::kModuleState));
  first->reset();
  EXPECT_THAT(Module::Start(TestConfig()), IsOk());
}

TEST(ModuleUnsealTest, RootKeyAndKekOpenTheSameStoreAgain) {
  SecretBytes root;
  Bytes kek;
  Bytes blob;
  {
    const auto module = Module::Start(TestConfig());
    ASSERT_THAT(module, IsOk());
    root = (*module)->GenerateRootKey().value();
    kek = (*module)->CreateKek(root).value();
    ASSERT_THAT((*module)->Unseal(root, kek), IsOk());
    EXPECT_EQ((*module)->state(), State::kOperational);
    blob = (*module)->GenerateKey({}, KeyId(), 1).value().value.blob;
  }
  const auto module = Module::Start(TestConfig());
  ASSERT_THAT(module, IsOk());
  ASSERT_THAT((*module)->Unseal(root, kek), IsOk());
  EXPECT_THAT((*module)->OpenKey(blob, KeyId(), 1), IsOk());
}

TEST(ModuleUnsealTest, WrongRootKeyOrAlteredKekIsRefused) {
  const auto module = Module::Start(TestConfig());
  ASSERT_THAT(module, IsOk());
  const SecretBytes root = (*module)->GenerateRootKey().value();
  const SecretBytes other = (*module)->GenerateRootKey().value();
  const Bytes kek = (*module)->CreateKek(root).value();
  EXPECT_THAT((*module)->Unseal(other, kek), IsError(Code::kIntegrity));
  for (std::size_t i = 0; i < kek.size(); ++i) {
    Bytes altered = kek;
    altered[i] ^= 0x20;
    EXPECT_THAT((*module)->Unseal(root, altered), IsError(Code::kIntegrity)) << i;
  }
  EXPECT_THAT((*module)->Unseal(SecretBytes(), kek), IsError(Code::kInvalidArgument));
  EXPECT_EQ((*module)->state(), State::kUninitialised);
  EXPECT_THAT((*module)->Unseal(root, kek), IsOk());
  EXPECT_THAT((*module)->Unseal(root, kek), IsError(Code::kModuleState));
}

TEST(ModuleUnsealTest, BlobOfAnotherStoreIsRefused) {
  Bytes blob;
  {
    const auto module = StartForTest();
    blob = module->GenerateKey({}, KeyId(), 1).value().value.blob;
  }
  const auto module = StartForTest();
  EXPECT_THAT(module->OpenKey(blob, KeyId(), 1), IsError(Code::kIntegrity));
}

TEST(ModuleUnsealTest, OnlyKeylessServicesRunBefore) {
  const auto module = Module::Start(TestConfig());
  ASSERT_THAT(module, IsOk());
  EXPECT_THAT((*module)->Sha256({AsBytes("x")}), IsOk());
  EXPECT_THAT((*module)->GenerateKey({}, KeyId(), 1), IsError(Code::kModuleState));
  EXPECT_THAT((*module)->OpenKey({}, KeyId(), 1), IsError(Code::kModuleState));
  EXPECT_THAT((*module)->SelfTest(), IsError(Code::kModuleState));
}

// Requirement: selftest-service
TEST(ModuleSelfTestTest, ListsEveryTestAndReturnsToService) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  const auto results = module->SelfTest();
  ASSERT_THAT(results, IsOk());
  EXPECT_TRUE(results->indicator.approved());
  EXPECT_GT(results->value.size(), 30u);
  EXPECT_TRUE(std::ranges::all_of(results->value, &SelfTestResult::passed));
  EXPECT_EQ(module->state(), State::kOperational);
  EXPECT_THAT(module->Sha256({AsBytes("x")}), IsOk());
}

TEST(ModuleSelfTestTest, FailureStopsEverythingForGoodAndKeepsItsCause) {
  CopiedProvider provider;
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsOk());
  ASSERT_THAT((*module)->UnsealEphemeral(), IsOk());
  const auto made = (*module)->GenerateKey({}, KeyId(), 1);
  ASSERT_THAT(made, IsOk());
  const ossl::SelfTestFault fault((*module)->TlsLibrary().value(), "KAT_KEM/KEM_Encap");
  EXPECT_THAT((*module)->SelfTest(), IsError(Code::kSelfTestFailed));
  for (int i = 0; i < 1000; ++i) {
    EXPECT_THAT((*module)->Sha256({}), IsError(Code::kModuleState));
    EXPECT_THAT((*module)->Encrypt(*made->value.key, {}, {}), IsError(Code::kModuleState));
  }
  const ModuleStatus status = (*module)->status();
  EXPECT_EQ(status.state, State::kErrorHard);
  EXPECT_NE(status.first_error.find("KAT_KEM/KEM_Encap"), std::string::npos) << status.first_error;
}

TEST(ModuleSelfTestTest, FailedConsistencyTestStopsTheModule) {
  CopiedProvider provider;
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsOk());
  ASSERT_THAT((*module)->UnsealEphemeral(), IsOk());
  const ossl::SelfTestFault fault((*module)->TlsLibrary().value(), "Conditional_PCT/ML-DSA");
  EXPECT_THAT((*module)->GenerateKey({.algorithm = Algorithm::kMlDsa44, .usages = {}}, KeyId(), 1),
              IsError(Code::kSelfTestFailed));
  EXPECT_EQ((*module)->state(), State::kErrorHard);
  EXPECT_THAT((*module)->Sha256({}), IsError(Code::kModuleState));
}

// A hash that both began and came back while the test ran would see the test state on either side.
// The bare provider finishes two hundred thousand of them.
// Requirement: gate-race
TEST(ModuleSelfTestTest, NoResultComesOutMeanwhile) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  std::atomic<bool> stop{false};
  std::atomic<int> during{0};
  std::atomic<int> after{0};
  std::thread hasher([&] {
    while (!stop) {
      const State before = module->state();
      const auto digest = module->Sha256({AsBytes("x")});
      ASSERT_THAT(digest, IsOk());
      if (before != State::kOnDemandTest) continue;
      (module->state() == State::kOnDemandTest ? during : after)++;
    }
  });
  EXPECT_THAT(module->SelfTest(), IsOk());
  stop = true;
  hasher.join();
  EXPECT_EQ(during, 0);
  EXPECT_LE(after, 1);
}

TEST(ModuleShutdownTest, RefusesEverythingAndStillAnswersStatus) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  const auto made = module->GenerateKey({}, KeyId(), 1);
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(module->GrantInvocations(*made->value.key, 0, 10), IsOk());
  module->Shutdown();
  module->Shutdown();
  EXPECT_EQ(module->status().state, State::kShutdown);
  EXPECT_THAT(module->Encrypt(*made->value.key, {}, {}), IsError(Code::kModuleState));
  EXPECT_THAT(module->OpenKey(made->value.blob, KeyId(), 1), IsError(Code::kModuleState));
  EXPECT_THAT(module->Sha256({}), IsError(Code::kModuleState));
  EXPECT_THAT(module->SelfTest(), IsError(Code::kModuleState));
}

TEST(ModuleShutdownTest, KeysMayOutliveTheModule) {
  KeyRef key;
  {
    const auto module = StartForTest();
    key = module->GenerateKey({.algorithm = Algorithm::kEcP256, .usages = {}}, KeyId(), 1)
              .value()
              .value.key;
  }
  EXPECT_EQ(AttributesOf(*key).algorithm, Algorithm::kEcP256);
}

TEST(ModuleForkTest, ChildIsRefusedAndParentGoesOn) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto digest = module->Sha256({});
    _exit(!digest && digest.error().code() == Code::kModuleState ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_THAT(module->Sha256({}), IsOk());
}

// What a forked worker of a host does that keeps its keys in the module.
int UseAModuleOfTheChild() {
  const auto module = StartForTest();
  if (module == nullptr) return 1;
  const auto made = module->GenerateKey({.algorithm = Algorithm::kEcP256}, KeyId(), 1);
  if (!made) return 2;
  Key& key = *made->value.key;
  const auto signature = module->Sign(key, Scheme::kDefault, AsBytes("child"));
  if (!signature) return 3;
  if (!module->Verify(key, Scheme::kDefault, AsBytes("child"), signature->value)) return 4;
  return module->SelfTest() ? 0 : 5;
}

TEST(ModuleForkTest, ChildMayStartAModuleOfItsOwnAndParentGoesOn) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(UseAModuleOfTheChild());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_THAT(module->GenerateKey({}, KeyId(), 1), IsOk());
}

}  // namespace
}  // namespace vallum::module
