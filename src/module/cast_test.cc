// SPDX-License-Identifier: Apache-2.0
#include "module/cast.h"

#include <algorithm>
#include <array>
#include <thread>

#include "module/impl.h"
#include "module/key_blob_cast.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

const ossl::ContextRef kNoContext;
const Error kWrong{Code::kInternal, "a wrong answer"};

std::vector<CastRow> OneRow(std::function<Status()> run) {
  return {{"Vallum_CAST/one", [run = std::move(run)](const ossl::ContextRef&) { return run(); }}};
}

TEST(CastRunnerTest, RunsBeforeTheFirstUseAndNotAgain) {
  int runs = 0;
  CastRunner runner(OneRow([&]() -> Status {
    ++runs;
    return {};
  }));
  EXPECT_EQ(runner.state(Cast::kKeyBlob), CastState::kUntested);
  EXPECT_TRUE(runner.Results().empty());
  EXPECT_THAT(runner.Require(Cast::kKeyBlob, kNoContext), IsOk());
  EXPECT_THAT(runner.Require(Cast::kKeyBlob, kNoContext), IsOk());
  EXPECT_EQ(runs, 1);
  ASSERT_EQ(runner.Results().size(), 1u);
  EXPECT_TRUE(runner.Results()[0].passed);
}

// Requirement: lazy-once
TEST(CastRunnerTest, RunsOnceForEightThreadsAndNobodyGoesOnBeforeItPassed) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> runs{0};
    std::atomic<bool> passed{false};
    CastRunner runner(OneRow([&]() -> Status {
      ++runs;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      passed = true;
      return {};
    }));
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        EXPECT_THAT(runner.Require(Cast::kKeyBlob, kNoContext), IsOk());
        EXPECT_TRUE(passed);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(runs, 1);
  }
}

TEST(CastRunnerTest, WhatTheTestItselfUsesIsNotHeldUp) {
  CastRunner* self = nullptr;
  CastRunner runner(OneRow([&] {
    EXPECT_EQ(self->state(Cast::kKeyBlob), CastState::kRunning);
    return self->Require(Cast::kKeyBlob, kNoContext);
  }));
  self = &runner;
  EXPECT_THAT(runner.Require(Cast::kKeyBlob, kNoContext), IsOk());
}

TEST(CastRunnerTest, AFailureIsNamedAndNeverForgiven) {
  int runs = 0;
  CastRunner runner(OneRow([&]() -> Status {
    ++runs;
    return kWrong;
  }));
  for (int i = 0; i < 3; ++i) {
    const Status tested = runner.Require(Cast::kKeyBlob, kNoContext);
    ASSERT_THAT(tested, IsError(Code::kSelfTestFailed));
    EXPECT_NE(tested.error().message().find("Vallum_CAST/one"), std::string::npos);
  }
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(runner.FirstFailure(), "Vallum_CAST/one");
}

TEST(CastRunnerTest, RunAllTestsAgainWhatHadPassed) {
  int runs = 0;
  CastRunner runner(OneRow([&]() -> Status {
    if (++runs == 1) return {};
    return kWrong;
  }));
  EXPECT_THAT(runner.Require(Cast::kKeyBlob, kNoContext), IsOk());
  EXPECT_THAT(runner.RunAll(kNoContext), IsError(Code::kSelfTestFailed));
  EXPECT_EQ(runner.state(Cast::kKeyBlob), CastState::kFailed);
}

// A runner whose test fails stands in for a fault in what is tested.
void BreakCasts(Module& module) {
  CastRunner& casts = module.impl().casts;
  std::destroy_at(&casts);
  std::construct_at(&casts, OneRow([]() -> Status { return kWrong; }));
}

// Requirement: cast-fault
TEST(ModuleCastTest, AFailureBeforeFirstUseStopsTheModuleAndIsNamed) {
  const auto module = Module::Start(TestConfig());
  ASSERT_THAT(module, IsOk());
  BreakCasts(**module);
  EXPECT_THAT((*module)->UnsealEphemeral(), IsError(Code::kSelfTestFailed));
  const ModuleStatus status = (*module)->status();
  EXPECT_EQ(status.state, State::kErrorHard);
  ASSERT_TRUE(status.cause.has_value());
  EXPECT_EQ(status.cause->test, "Vallum_CAST/one");
}

// Requirement: cast-fault
TEST(ModuleCastTest, AFailureOnDemandStopsTheModuleAndIsNamed) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  BreakCasts(*module);
  EXPECT_THAT(module->SelfTest(), IsError(Code::kSelfTestFailed));
  EXPECT_EQ(module->state(), State::kErrorHard);
  EXPECT_EQ(module->status().cause->test, "Vallum_CAST/one");
}

TEST(ModuleCastTest, RunsLazilyAndIsListedOnceItHasRun) {
  const auto module = Module::Start(TestConfig());
  ASSERT_THAT(module, IsOk());
  const auto listed = [&] {
    const auto tests = (*module)->status().self_tests;
    return std::ranges::any_of(tests, [](const SelfTestResult& t) {
      return t.name == "Vallum_CAST/key-blob" && t.passed;
    });
  };
  EXPECT_FALSE(listed());
  ASSERT_THAT((*module)->UnsealEphemeral(), IsOk());
  EXPECT_TRUE(listed());
}

class KeyBlobCastTest : public ModuleTest {
 protected:
  static Status Run(const KeyBlobVector& vector) {
    return TestKeyBlobs(module_->impl().context, vector);
  }
};

// Requirement: cast-fault
// A module that computed otherwise would meet the vector as this one meets a changed vector.
TEST_F(KeyBlobCastTest, FindsADifferenceInEachByteOfTheVector) {
  ASSERT_THAT(Run(kKeyBlobVector), IsOk());
  for (ByteSpan KeyBlobVector::*const part : {&KeyBlobVector::root_key, &KeyBlobVector::kek_blob,
                                              &KeyBlobVector::key_blob, &KeyBlobVector::material}) {
    const ByteSpan right = kKeyBlobVector.*part;
    for (std::size_t i = 0; i < right.size(); ++i) {
      Bytes wrong = ToBytes(right);
      wrong[i] ^= 0x10;
      KeyBlobVector vector = kKeyBlobVector;
      vector.*part = wrong;
      EXPECT_FALSE(Run(vector)) << i;
    }
  }
}

}  // namespace
}  // namespace vallum::module
