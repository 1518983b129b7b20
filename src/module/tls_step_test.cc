// SPDX-License-Identifier: Apache-2.0
// Requirement: tls-gate
// What libssl does with the provider passes the module's gate.
#include <atomic>
#include <future>
#include <latch>
#include <thread>

#include "module/impl.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

class TlsStepTest : public testing::Test {
 protected:
  void SetUp() override { module_ = StartForTest(); }
  Status Step() {
    return module_->RunTlsStep([this] { ++steps_; });
  }

  std::unique_ptr<Module> module_;
  std::atomic<int> steps_{0};
};

TEST_F(TlsStepTest, RunsInServiceAndBeforeUnsealing) {
  EXPECT_THAT(Step(), IsOk());
  ASSERT_THAT(ZeroiseAll(*module_), IsOk());
  ASSERT_EQ(module_->state(), State::kUninitialised);
  EXPECT_THAT(Step(), IsOk());
  EXPECT_EQ(steps_, 2);
}

TEST_F(TlsStepTest, ASelfTestWaitsForAStepAndStepsWaitForTheSelfTest) {
  const TimePoint tested = module_->status().self_tests_ended;
  std::latch inside(1);
  std::latch leave(1);
  std::thread first([&] {
    EXPECT_THAT(module_->RunTlsStep([&] {
      inside.count_down();
      leave.wait();
    }),
                IsOk());
  });
  inside.wait();
  auto self_test = std::async(std::launch::async, [this] { return module_->SelfTest(); });
  while (module_->state() != State::kOnDemandTest) std::this_thread::yield();
  TimePoint seen;
  std::thread second([&] {
    EXPECT_THAT(module_->RunTlsStep([&] { seen = module_->status().self_tests_ended; }), IsOk());
  });
  EXPECT_EQ(module_->status().self_tests_ended, tested) << "a step is inside";
  leave.count_down();
  first.join();
  second.join();
  EXPECT_THAT(self_test.get(), IsOk());
  EXPECT_GT(seen, tested) << "the second step ran after the tests, not before";
}

TEST_F(TlsStepTest, NoStepRunsInTheErrorState) {
  module_->impl().Fail(Internal("for the test"));
  EXPECT_THAT(Step(), IsError(Code::kModuleState));
  EXPECT_EQ(steps_, 0);
}

TEST_F(TlsStepTest, AStepDuringWhichTheModuleFailsIsReportedAsRefused) {
  EXPECT_THAT(module_->RunTlsStep([this] { module_->impl().Fail(Internal("for the test")); }),
              IsError(Code::kModuleState));
}

}  // namespace
}  // namespace vallum::module
