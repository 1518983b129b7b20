// SPDX-License-Identifier: Apache-2.0
#include "module/entropy.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/test_matchers.h"
#include "module/entropy_fault.h"

namespace vallum::module {
namespace {

using testing::Each;
using testing::Eq;
using testing::HasSubstr;
using Fault = FaultyNoise::Fault;

// An Entropy on FaultyNoise, with what it told the module.
class EntropyTest : public testing::Test {
 protected:
  Status Make() {
    entropy_ =
        std::make_unique<Entropy>(EntropySource::kOs, std::make_unique<FaultyNoise>(script_));
    entropy_->SetEvents({.recover = {}, .fail = [this](const Error& cause) {
                           ++failures_;
                           cause_ = cause.message();
                         }});
    return entropy_->StartUpTest();
  }
  void Break(int times, Fault fault) {
    script_->fault = fault;
    script_->faults = times;
  }

  std::shared_ptr<FaultyNoise::Script> script_ = std::make_shared<FaultyNoise::Script>();
  std::unique_ptr<Entropy> entropy_;
  std::array<std::uint8_t, 512> out_{};
  int failures_ = 0;
  std::string cause_;
};

// Requirement: health-induced
TEST_F(EntropyTest, StartUpPutsAtLeast1024SamplesThroughTheTestsBeforeAnyOutput) {
  ASSERT_THAT(Make(), IsOk());
  const EntropyStatus status = entropy_->status();
  EXPECT_TRUE(status.start_up_passed);
  EXPECT_GE(status.start_up_samples, 1024u);
  EXPECT_EQ(status.samples, status.start_up_samples);
  EXPECT_EQ(status.bytes_delivered, 0u);
  EXPECT_GT(status.start_up_at, TimePoint{});
}

TEST_F(EntropyTest, OutputAskedForBeforeTheStartUpTestRunsIt) {
  Entropy entropy(EntropySource::kOs, std::make_unique<FaultyNoise>(script_));
  EXPECT_TRUE(entropy.Fill(out_));
  EXPECT_TRUE(entropy.status().start_up_passed);
  EXPECT_EQ(entropy.status().start_up_samples, 1024u);
}

TEST_F(EntropyTest, OutputAskedForBeforeAStartUpTestThatFailsIsRefused) {
  Break(4, Fault::kConstant);
  Entropy entropy(EntropySource::kOs, std::make_unique<FaultyNoise>(script_));
  EXPECT_FALSE(entropy.Fill(out_));
  EXPECT_THAT(out_, Each(Eq(0)));
}

TEST_F(EntropyTest, WarmOneHasItsFirstSeedReadyOnce) {
  ASSERT_THAT(Make(), IsOk());
  ASSERT_THAT(entropy_->Warm(), IsOk());
  const int before = script_->collections;
  std::array<std::uint8_t, 48> first{};
  std::array<std::uint8_t, 48> second{};
  EXPECT_TRUE(entropy_->Fill(first));
  EXPECT_EQ(script_->collections, before);
  EXPECT_TRUE(entropy_->Fill(second));
  EXPECT_EQ(script_->collections, before + 1);
  EXPECT_NE(first, second);
}

TEST_F(EntropyTest, StartUpRunsAgainOnDemand) {
  ASSERT_THAT(Make(), IsOk());
  const std::uint64_t before = entropy_->status().samples;
  EXPECT_THAT(entropy_->StartUpTest(), IsOk());
  EXPECT_GE(entropy_->status().samples, before + 1024);
}

// Requirement: health-induced
TEST_F(EntropyTest, ConstantNoiseDoesNotStart) {
  Break(1'000'000, Fault::kConstant);
  EXPECT_THAT(Make(), IsError(Code::kEntropy));
}

TEST_F(EntropyTest, StartUpBeginsItsCountAnewAfterAnAlarm) {
  Break(1, Fault::kConstant);
  ASSERT_THAT(Make(), IsOk());
  EXPECT_GE(entropy_->status().samples, 1024u * 2);
  EXPECT_EQ(entropy_->status().discarded_blocks, 1u);
}

TEST_F(EntropyTest, StatusNamesSourceClaimAndCutoffs) {
  ASSERT_THAT(Make(), IsOk());
  const EntropyStatus status = entropy_->status();
  const HealthClaim claim = OsNoise().claim();
  EXPECT_EQ(status.entropy_per_sample, claim.entropy_per_sample);
  EXPECT_EQ(status.repetition_cutoff, RepetitionCutoff(claim));
  EXPECT_EQ(status.proportion_cutoff, ProportionCutoff(claim));
  EXPECT_EQ(status.alpha_log2, claim.alpha_log2);
  EXPECT_EQ(Name(status.source), "os");
  EXPECT_THAT(std::string(Caveat(EntropySource::kOs)), HasSubstr("IG 9.3.A"));
  EXPECT_THAT(std::string(Caveat(EntropySource::kJitter)), HasSubstr("ESV"));
}

// Requirement: entropy-fault
TEST_F(EntropyTest, OneFailureIsRetriedAndCounted) {
  ASSERT_THAT(Make(), IsOk());
  for (const Fault fault : {Fault::kConstant, Fault::kIntermittent}) {
    const EntropyStatus before = entropy_->status();
    Break(1, fault);
    EXPECT_TRUE(entropy_->Fill(out_));
    EXPECT_EQ(entropy_->status().discarded_blocks, before.discarded_blocks + 1);
  }
  EXPECT_EQ(entropy_->status().repetition_alarms, 512u / RepetitionCutoff(OsNoise().claim()));
  EXPECT_EQ(entropy_->status().source_alarms, 1u);
  EXPECT_EQ(entropy_->status().bytes_delivered, 1024u);
  EXPECT_TRUE(entropy_->Working());
  EXPECT_EQ(failures_, 0);
}

// Requirement: entropy-fault
TEST_F(EntropyTest, BiasThatNeverRepeatsASampleIsCaughtByTheProportionTest) {
  ASSERT_THAT(Make(), IsOk());
  Break(1, Fault::kBiased);
  EXPECT_TRUE(entropy_->Fill(out_));
  EXPECT_GE(entropy_->status().proportion_alarms, 1u);
  EXPECT_EQ(entropy_->status().repetition_alarms, 0u);
  EXPECT_EQ(entropy_->status().discarded_blocks, 1u);
  Break(4, Fault::kBiased);
  EXPECT_FALSE(entropy_->Fill(out_));
  EXPECT_THAT(out_, Each(Eq(0)));
}

// Requirement: entropy-fault
TEST_F(EntropyTest, ThreeFailuresInARowAreRetried) {
  ASSERT_THAT(Make(), IsOk());
  Break(3, Fault::kConstant);
  const int before = script_->collections;
  EXPECT_TRUE(entropy_->Fill(out_));
  EXPECT_EQ(script_->collections, before + 4);
  EXPECT_EQ(entropy_->status().discarded_blocks, 3u);
  EXPECT_EQ(failures_, 0);
}

// Requirement: entropy-fault
TEST_F(EntropyTest, FourFailuresInARowAreForGood) {
  ASSERT_THAT(Make(), IsOk());
  Break(4, Fault::kConstant);
  EXPECT_FALSE(entropy_->Fill(out_));
  EXPECT_THAT(out_, Each(Eq(0)));
  EXPECT_FALSE(entropy_->Working());
  EXPECT_TRUE(entropy_->status().permanent_failure);
  EXPECT_EQ(failures_, 1);
  EXPECT_THAT(cause_, HasSubstr("for good"));
}

// Requirement: entropy-fault
TEST_F(EntropyTest, NothingComesAfterAPermanentFailureAlthoughTheSourceIsWellAgain) {
  ASSERT_THAT(Make(), IsOk());
  Break(4, Fault::kConstant);
  EXPECT_FALSE(entropy_->Fill(out_));
  const int before = script_->collections;
  EXPECT_FALSE(entropy_->Fill(out_));
  EXPECT_THAT(entropy_->StartUpTest(), IsError(Code::kEntropy));
  EXPECT_EQ(script_->collections, before);
  EXPECT_EQ(failures_, 1);
}

// Requirement: entropy-fault
TEST_F(EntropyTest, SourceThatSaysItIsBrokenIsNotRetried) {
  ASSERT_THAT(Make(), IsOk());
  Break(1, Fault::kPermanent);
  const int before = script_->collections;
  EXPECT_FALSE(entropy_->Fill(out_));
  EXPECT_EQ(script_->collections, before + 1);
  EXPECT_THAT(cause_, HasSubstr("induced, for good"));
}

// Requirement: entropy-fault
TEST_F(EntropyTest, ModuleRunsTheRetriesWhenItCanEnterItsSoftErrorState) {
  ASSERT_THAT(Make(), IsOk());
  int rounds = 0;
  entropy_->SetEvents({.recover =
                           [&](const Error&, const std::function<Status()>& again) {
                             while (++rounds < 3 && !again()) {
                             }
                           },
                       .fail = {}});
  Break(2, Fault::kConstant);
  EXPECT_TRUE(entropy_->Fill(out_));
  EXPECT_EQ(rounds, 2);
}

// Requirement: entropy-fault
TEST_F(EntropyTest, NobodyGetsMoreThanThreeRetriesByAskingForMore) {
  ASSERT_THAT(Make(), IsOk());
  entropy_->SetEvents({.recover =
                           [](const Error&, const std::function<Status()>& again) {
                             for (int i = 0; i < 10 && !again(); ++i) {
                             }
                           },
                       .fail = {}});
  Break(5, Fault::kConstant);
  const int before = script_->collections;
  EXPECT_FALSE(entropy_->Fill(out_));
  EXPECT_EQ(script_->collections, before + 4);
}

TEST_F(EntropyTest, ExtraIsSixteenBytesThatDiffer) {
  ASSERT_THAT(Make(), IsOk());
  std::array<std::uint8_t, 16> one{};
  std::array<std::uint8_t, 16> two{};
  EXPECT_EQ(entropy_->Extra(one), 16u);
  EXPECT_EQ(entropy_->Extra(two), 16u);
  EXPECT_NE(one, two);
}

}  // namespace
}  // namespace vallum::module
