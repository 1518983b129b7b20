// SPDX-License-Identifier: Apache-2.0
// The whole module on noise that fails.
#include <array>
#include <thread>

#include "module/entropy_fault.h"
#include "module/impl.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

using testing::Contains;
using testing::Each;
using testing::Eq;
using testing::Field;
using testing::HasSubstr;
using Fault = FaultyNoise::Fault;

class ModuleEntropyTest : public testing::Test {
 protected:
  void SetUp() override {
    module_ = StartForTest();
    ASSERT_NE(module_, nullptr);
    EntropyFault::Replace(*module_->impl().entropy, std::make_unique<FaultyNoise>(script_));
  }
  void Break(int times, Fault fault) {
    script_->fault = fault;
    script_->faults = times;
  }
  // Each new thread takes a seed for its generator; after 256 the root asks the source.
  Result<Indicator> DrawInNewThreads(int threads) {
    Result<Indicator> last = Indicator{};
    for (int i = 0; i < threads && last; ++i) {
      std::thread([&] { last = module_->Random(out_); }).join();
    }
    return last;
  }

  static constexpr int kRootInterval = 256;
  std::shared_ptr<FaultyNoise::Script> script_ = std::make_shared<FaultyNoise::Script>();
  std::unique_ptr<Module> module_;
  std::array<std::uint8_t, 32> out_{};
};

TEST_F(ModuleEntropyTest, StatusShowsSourceFiguresAndStartUpTest) {
  const EntropyStatus entropy = module_->status().entropy;
  EXPECT_EQ(entropy.source, EntropySource::kOs);
  EXPECT_TRUE(entropy.start_up_passed);
  EXPECT_GE(entropy.start_up_samples, 1024u);
  EXPECT_GE(entropy.bytes_delivered, 48u);
  EXPECT_GE(entropy.bytes_to_generators, 48u);
  EXPECT_EQ(entropy.repetition_alarms + entropy.proportion_alarms + entropy.source_alarms, 0u);
  EXPECT_THAT(module_->status().self_tests,
              Contains(Field(&SelfTestResult::name, "Health/Entropy_StartUp")));
}

TEST_F(ModuleEntropyTest, SelfTestOnDemandRunsTheStartUpTestAgain) {
  const EntropyStatus before = module_->status().entropy;
  const auto tested = module_->SelfTest();
  ASSERT_THAT(tested, IsOk());
  EXPECT_THAT(tested->value, Contains(Field(&SelfTestResult::name, "Health/Entropy_StartUp")));
  EXPECT_GE(module_->status().entropy.samples, before.samples + 1024);
}

// Requirement: entropy-fault
TEST_F(ModuleEntropyTest, FailureThatPassesIsCountedAndServicesGoOn) {
  Break(3, Fault::kConstant);
  EXPECT_THAT(DrawInNewThreads(kRootInterval), IsOk());
  EXPECT_EQ(script_->faults, 0) << "the source was not asked";
  const ModuleStatus status = module_->status();
  EXPECT_EQ(status.state, State::kOperational);
  EXPECT_EQ(status.entropy.discarded_blocks, 3u);
  EXPECT_GE(status.entropy.repetition_alarms, 3u);
  EXPECT_FALSE(status.entropy.permanent_failure);
  EXPECT_EQ(status.soft_errors, 1u) << "the module was not in error-soft meanwhile";
  EXPECT_THAT(status.soft_cause->message, HasSubstr("health test"));
}

// Requirement: entropy-fault
TEST_F(ModuleEntropyTest, FailureForGoodStopsTheModuleAndNothingLeaves) {
  Break(1'000'000, Fault::kConstant);
  EXPECT_FALSE(DrawInNewThreads(kRootInterval));
  EXPECT_EQ(module_->state(), State::kErrorHard);
  EXPECT_THAT(module_->status().first_error, HasSubstr("health test on the raw noise failed"));
  EXPECT_TRUE(module_->status().entropy.permanent_failure);

  script_->faults = 0;
  std::array<std::uint8_t, 32> out{};
  EXPECT_THAT(module_->Random(out), IsError(Code::kModuleState));
  EXPECT_THAT(out, Each(Eq(0)));
  EXPECT_THAT(module_->GenerateRootKey(), IsError(Code::kModuleState));
  EXPECT_THAT(module_->GenerateKey({.algorithm = Algorithm::kEcP256, .usages = {}}, KeyId(), 1),
              IsError(Code::kModuleState));
}

// The thread that runs into it has a pass; its own result must not leave either.
// Requirement: entropy-fault
TEST_F(ModuleEntropyTest, ServiceThatRunsIntoAFailureForGoodGivesNoBytes) {
  Break(1'000'000, Fault::kPermanent);
  ASSERT_FALSE(DrawInNewThreads(kRootInterval));
  const auto last = out_;
  std::thread([&] { EXPECT_FALSE(module_->Random(out_)); }).join();
  EXPECT_EQ(out_, last);
}

// Requirement: entropy-fault
TEST_F(ModuleEntropyTest, FailureInTheStartUpTestOnDemandStopsTheModule) {
  Break(1'000'000, Fault::kConstant);
  EXPECT_THAT(module_->SelfTest(), IsError(Code::kEntropy));
  EXPECT_EQ(module_->state(), State::kErrorHard);
  EXPECT_THAT(module_->status().self_tests,
              Contains(testing::AllOf(Field(&SelfTestResult::name, "Health/Entropy_StartUp"),
                                      Field(&SelfTestResult::passed, false))));
}

TEST(ModuleJitterTest, StartsAndServesOnJitter) {
  ModuleConfig config = TestConfig();
  config.entropy = EntropySource::kJitter;
  const auto module = Module::Start(config).value();
  ASSERT_THAT(module->UnsealEphemeral(), IsOk());
  std::array<std::uint8_t, 32> out{};
  EXPECT_THAT(module->Random(out), IsOk());
  const EntropyStatus entropy = module->status().entropy;
  EXPECT_EQ(entropy.source, EntropySource::kJitter);
  EXPECT_GE(entropy.start_up_samples, 1024u);
  EXPECT_GE(entropy.bytes_delivered, 48u);
  RecordProperty("start_up_microseconds", std::to_string(entropy.start_up_microseconds));
}

}  // namespace
}  // namespace vallum::module
