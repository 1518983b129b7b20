// SPDX-License-Identifier: Apache-2.0
#include "module/jitter_noise.h"

#include <gtest/gtest.h>

#include <array>

#include "base/test_matchers.h"
#include "module/entropy.h"

namespace vallum::module {
namespace {

// Requirement: health-induced
TEST(JitterNoiseTest, EveryRawSampleOfAnOutputGoesThroughOurTests) {
  JitterNoise noise;
  HealthTests tests(noise.claim());
  ASSERT_EQ(noise.StartUp(tests).outcome, Collected::Outcome::kGood);
  std::uint64_t before = tests.samples();
  EXPECT_GE(before, kStartUpSamples);
  std::array<std::uint8_t, 32> out{};
  ASSERT_EQ(noise.Collect(out, tests).outcome, Collected::Outcome::kGood);
  // (256 + 64) bits x 3 samples a bit, one to prime the clock; stuck ones come on top.
  EXPECT_GE(tests.samples(), before + 320u * 3 + 1);
  EXPECT_FALSE(tests.alarm());
  before = tests.samples();
  std::array<std::uint8_t, 64> two{};
  ASSERT_EQ(noise.Collect(two, tests).outcome, Collected::Outcome::kGood);
  EXPECT_GE(tests.samples(), before + 2 * (320u * 3 + 1));
}

TEST(JitterNoiseTest, OutputsDiffer) {
  JitterNoise noise;
  HealthTests tests(noise.claim());
  ASSERT_EQ(noise.StartUp(tests).outcome, Collected::Outcome::kGood);
  std::array<std::uint8_t, 32> one{};
  std::array<std::uint8_t, 32> two{};
  noise.Collect(one, tests);
  noise.Collect(two, tests);
  EXPECT_NE(one, two);
}

TEST(JitterNoiseTest, ClaimIsAThirdOfABitASample) {
  const HealthClaim claim = JitterNoise().claim();
  EXPECT_DOUBLE_EQ(claim.entropy_per_sample, 1.0 / 3);
  EXPECT_EQ(RepetitionCutoff(claim), 91u);
  EXPECT_LT(ProportionCutoff(claim), 512u);
}

// A test that sees less than its alarm threshold allows must raise it: the wiring, not only the
// counting. Requirement: health-induced
TEST(JitterNoiseTest, TestsWithAnImpossibleClaimRaiseAnAlarmOnRealNoise) {
  JitterNoise noise;
  HealthTests tests({.entropy_per_sample = 8, .alpha_log2 = 1, .window = 1024});
  noise.StartUp(tests);
  EXPECT_TRUE(tests.alarm());
}

TEST(JitterNoiseTest, EntropyStartsOnIt) {
  Entropy entropy(EntropySource::kJitter);
  ASSERT_THAT(entropy.StartUpTest(), IsOk());
  const EntropyStatus status = entropy.status();
  EXPECT_GE(status.start_up_samples, 1024u);
  RecordProperty("start_up_microseconds", std::to_string(status.start_up_microseconds));
  std::array<std::uint8_t, 48> out{};
  EXPECT_TRUE(entropy.Fill(out));
  EXPECT_EQ(entropy.status().discarded_blocks, 0u);
}

TEST(JitterNoiseTest, SourceThatWasNotStartedGivesNothing) {
  JitterNoise noise;
  HealthTests tests(noise.claim());
  std::array<std::uint8_t, 32> out{};
  EXPECT_EQ(noise.Collect(out, tests).outcome, Collected::Outcome::kPermanent);
}

}  // namespace
}  // namespace vallum::module
