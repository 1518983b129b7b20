// SPDX-License-Identifier: Apache-2.0
// Every self-test that can fail, failing: what the module does and what it says.
#include <map>
#include <thread>

#include "module/copied_provider.h"
#include "module/impl.h"
#include "ossl/self_test_fault.h"

namespace vallum::module {
namespace {

// Provider tests of a start, in their order.
std::vector<std::string> TestsOnLoad() {
  CopiedProvider provider;
  const auto module = Module::Start(provider.config());
  EXPECT_THAT(module, IsOk());
  std::vector<std::string> names;
  if (!module) return names;
  for (const SelfTestResult& test : (*module)->status().self_tests) {
    if (test.name == "KAT_Integrity/HMAC-SHA2-256 for segments") break;  // the module's own follow
    names.push_back(test.name);
  }
  return names;
}

// Requirement: cast-fault
TEST(CastFaultTest, EveryTestOfTheProviderStopsTheStartAndIsNamed) {
  const std::vector<std::string> tests = TestsOnLoad();
  EXPECT_GE(tests.size(), 40u);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    SCOPED_TRACE(tests[i]);
    CopiedProvider provider;
    const ossl::LoadFault fault(i);
    const auto module = Module::Start(provider.config());
    ASSERT_FALSE(module);
    const bool integrity = tests[i].starts_with("Module_Integrity");
    EXPECT_THAT(module, IsError(integrity ? Code::kIntegrity : Code::kSelfTestFailed));
    const std::string& message = module.error().message();
    EXPECT_NE(message.find(integrity ? "module-mac" : tests[i]), std::string::npos) << message;
  }
}

std::vector<Algorithm> PairAlgorithms() {
  std::vector<Algorithm> pairs;
  for (const Algorithm algorithm : Algorithms()) {
    if (IsAsymmetric(algorithm)) pairs.push_back(algorithm);
  }
  return pairs;
}

KeySpec SpecOf(Algorithm algorithm) { return {.algorithm = algorithm, .usages = {}}; }

// The consistency test that making this pair ran, or "".
std::string PairTestOf(Module& module, Algorithm algorithm) {
  const auto passed = [&module] {
    std::map<std::string, std::uint64_t> counts;
    for (const ConditionalTestCount& count : module.status().conditional_tests) {
      counts[count.name] = count.passed;
    }
    return counts;
  };
  const auto before = passed();
  EXPECT_THAT(module.GenerateKey(SpecOf(algorithm), KeyId(), 1), IsOk());
  for (const auto& [name, count] : passed()) {
    const auto old = before.find(name);
    const std::uint64_t seen = old == before.end() ? 0 : old->second;
    if (count > seen && name.starts_with("Conditional_PCT")) return name;
  }
  return "";
}

// Requirement: pct-seen
TEST(PairTestTest, EveryKindOfKeyPairIsTestedAndAFailureLeavesNoKey) {
  for (const Algorithm algorithm : PairAlgorithms()) {
    SCOPED_TRACE(Name(algorithm));
    CopiedProvider provider;
    const auto module = Module::Start(provider.config());
    ASSERT_THAT(module, IsOk());
    ASSERT_THAT((*module)->UnsealEphemeral(), IsOk());
    const std::string test = PairTestOf(**module, algorithm);
    ASSERT_NE(test, "");
    const ossl::SelfTestFault fault((*module)->TlsLibrary().value(), test);
    EXPECT_THAT((*module)->GenerateKey(SpecOf(algorithm), KeyId(), 1),
                IsError(Code::kSelfTestFailed));
    const ModuleStatus status = (*module)->status();
    EXPECT_EQ(status.state, State::kErrorHard);
    ASSERT_TRUE(status.cause.has_value());
    EXPECT_EQ(status.cause->test, test);
    EXPECT_EQ(status.cause->code, Code::kSelfTestFailed);
  }
}

// Requirement: first-cause
TEST(FirstCauseTest, IsTheFailureAndNotWhatFollowedIt) {
  CopiedProvider provider;
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsOk());
  ASSERT_THAT((*module)->UnsealEphemeral(), IsOk());
  const TimePoint before = SystemClock().Now();
  const ossl::SelfTestFault fault((*module)->TlsLibrary().value(), "KAT_Cipher/AES_GCM");
  ASSERT_THAT((*module)->SelfTest(), IsError(Code::kSelfTestFailed));
  (*module)->impl().Fail(Error(Code::kInternal, "a consequence"), "another test");
  const std::optional<ErrorCause> cause = (*module)->status().cause;
  ASSERT_TRUE(cause.has_value());
  EXPECT_EQ(cause->code, Code::kSelfTestFailed);
  EXPECT_EQ(cause->test, "KAT_Cipher/AES_GCM");
  EXPECT_NE(cause->message.find("KAT_Cipher/AES_GCM"), std::string::npos);
  EXPECT_NE(cause->provider_error, "");
  EXPECT_GE(cause->time, before);
  EXPECT_LE(cause->time, SystemClock().Now());
  EXPECT_EQ((*module)->status().first_error, cause->message);
}

// Requirement: periodic-self-test
TEST(PeriodicSelfTestTest, RunsWhenItIsDueAndNotBefore) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  const TimePoint started = module->status().self_tests_ended;
  const auto now = std::chrono::steady_clock::now();
  EXPECT_EQ(module->RunPeriodicSelfTests(now + std::chrono::hours(23)).value(), false);
  EXPECT_EQ(module->status().self_tests_ended, started);
  EXPECT_EQ(module->RunPeriodicSelfTests(now + std::chrono::hours(24)).value(), true);
  EXPECT_GT(module->status().self_tests_ended, started);
  EXPECT_EQ(module->RunPeriodicSelfTests(now + std::chrono::hours(24)).value(), false);
}

TEST(PeriodicSelfTestTest, ZeroTurnsItOff) {
  ModuleConfig config = TestConfig();
  config.periodic_self_test = std::chrono::milliseconds(0);
  const auto module = Module::Start(config);
  ASSERT_THAT(module, IsOk());
  const auto later = std::chrono::steady_clock::now() + std::chrono::hours(1000);
  EXPECT_EQ((*module)->RunPeriodicSelfTests(later).value(), false);
}

// Requirement: periodic-self-test
TEST(PeriodicSelfTestTest, AFailureStopsTheModule) {
  CopiedProvider provider;
  const auto module = Module::Start(provider.config());
  ASSERT_THAT(module, IsOk());
  ASSERT_THAT((*module)->UnsealEphemeral(), IsOk());
  const ossl::SelfTestFault fault((*module)->TlsLibrary().value(), "KAT_Cipher/AES_GCM");
  const auto due = std::chrono::steady_clock::now() + std::chrono::hours(24);
  EXPECT_THAT((*module)->RunPeriodicSelfTests(due), IsError(Code::kSelfTestFailed));
  EXPECT_EQ((*module)->state(), State::kErrorHard);
}

class SoftErrorTest : public testing::Test {
 protected:
  SoftErrorTest() : module_(StartForTest()) {}
  Module::Impl& impl() { return module_->impl(); }
  std::unique_ptr<Module> module_;
  const Error cause_{Code::kEntropy, "the noise stopped"};
};

TEST_F(SoftErrorTest, OneRetryThatPassesLeadsBack) {
  int tries = 0;
  impl().Recover(cause_, [&]() -> Status {
    EXPECT_EQ(module_->state(), State::kErrorSoft);
    if (++tries == 1) return cause_;
    return {};
  });
  EXPECT_EQ(tries, 2);
  const ModuleStatus status = module_->status();
  EXPECT_EQ(status.state, State::kOperational);
  EXPECT_EQ(status.soft_errors, 1u);
  ASSERT_TRUE(status.soft_cause.has_value());
  EXPECT_EQ(status.soft_cause->message, cause_.message());
  EXPECT_FALSE(status.cause.has_value());
  EXPECT_THAT(module_->Sha256({}), IsOk());
}

TEST_F(SoftErrorTest, ThreeRetriesThatFailAreAHardError) {
  int tries = 0;
  impl().Recover(cause_, [&]() -> Status {
    ++tries;
    return cause_;
  });
  EXPECT_EQ(tries, 3);
  const ModuleStatus status = module_->status();
  EXPECT_EQ(status.state, State::kErrorHard);
  ASSERT_TRUE(status.cause.has_value());
  EXPECT_EQ(status.cause->code, Code::kEntropy);
  EXPECT_NE(status.cause->message.find(cause_.message()), std::string::npos);
  EXPECT_THAT(module_->Sha256({}), IsError(Code::kModuleState));
}

TEST_F(SoftErrorTest, NothingLeavesBeforeTheRetryHasDecided) {
  std::atomic<bool> answered{false};
  std::thread caller;
  impl().Recover(cause_, [&]() -> Status {
    caller = std::thread([&] {
      EXPECT_THAT(module_->Sha256({}), IsOk());
      answered = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_FALSE(answered);
    return {};
  });
  caller.join();
  EXPECT_TRUE(answered);
}

TEST_F(SoftErrorTest, ASecondFailureMeanwhileDoesNotRetryAgain) {
  impl().Recover(cause_, [&]() -> Status {
    impl().Recover(cause_, [&]() -> Status {
      ADD_FAILURE() << "retried inside a retry";
      return {};
    });
    return {};
  });
  EXPECT_EQ(module_->state(), State::kOperational);
  EXPECT_EQ(module_->status().soft_errors, 1u);
}

TEST_F(SoftErrorTest, AZeroisationMeanwhileIsNotUndone) {
  impl().Recover(cause_, [&]() -> Status {
    EXPECT_THAT(impl().gate.MoveTo(State::kZeroising), IsOk());
    return {};
  });
  EXPECT_EQ(module_->state(), State::kZeroising);
}

}  // namespace
}  // namespace vallum::module
