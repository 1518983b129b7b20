// SPDX-License-Identifier: Apache-2.0
#include "module/entropy_health.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ossl/digest.h"
#include "ossl/test_context.h"

namespace vallum::module {
namespace {

struct Row {
  double entropy;
  std::uint32_t repetition;
  std::uint32_t proportion;
};

// SP 800-90B's formulas at alpha 2^-20, as implementations by others print them (W = 512).
constexpr Row kPublished[] = {{0.5, 41, 410}, {1, 21, 311}, {2, 11, 177}, {3, 8, 103}, {4, 6, 62},
                              {5, 5, 39},     {6, 5, 25},   {7, 4, 18},   {8, 4, 13}};

// Ideal noise that is the same in every run: SHA-512 of a counter.
class IdealBytes {
 public:
  std::uint8_t Next() {
    if (at_ == block_.size()) {
      const std::string input = "ideal noise " + std::to_string(++counter_);
      block_ = ToBytes(
          ossl::ComputeDigest(*ossl::TestContext(), ossl::Hash::kSha512, {AsBytes(input)})->span());
      at_ = 0;
    }
    return block_[at_++];
  }

 private:
  Bytes block_;
  std::size_t at_ = 0;
  std::uint64_t counter_ = 0;
};

// Requirement: health-induced
TEST(EntropyHealthTest, CutoffsAreThoseOfThePublishedTable) {
  for (const Row& row : kPublished) {
    const HealthClaim claim{.entropy_per_sample = row.entropy, .alpha_log2 = 20, .window = 512};
    EXPECT_EQ(RepetitionCutoff(claim), row.repetition) << "H = " << row.entropy;
    EXPECT_EQ(ProportionCutoff(claim), row.proportion) << "H = " << row.entropy;
  }
}

// An own, slow sum over logarithms of factorials, for every H of the table and several alphas.
std::uint32_t SlowProportionCutoff(const HealthClaim& claim) {
  const double p = std::exp2(-claim.entropy_per_sample);
  const double n = claim.window;
  double tail = 0;
  for (int k = static_cast<int>(claim.window); k > 0; --k) {
    tail += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1) +
                     k * std::log(p) + (n - k) * std::log1p(-p));
    if (tail > std::exp2(-static_cast<double>(claim.alpha_log2)))
      return std::min(1u + k, claim.window);
  }
  return 1;
}

// Requirement: health-induced
TEST(EntropyHealthTest, CutoffsFollowTheFormulaForEveryEntropyAlphaAndWindow) {
  for (const Row& row : kPublished) {
    for (const unsigned alpha : {10u, 20u, 30u, 40u}) {
      for (const unsigned window : {512u, 1024u}) {
        const HealthClaim claim{row.entropy, alpha, window};
        EXPECT_EQ(ProportionCutoff(claim), SlowProportionCutoff(claim))
            << "H = " << row.entropy << ", alpha = 2^-" << alpha << ", W = " << window;
      }
    }
  }
}

TEST(EntropyHealthTest, TheProportionTestCanAlwaysFail) {
  EXPECT_EQ(ProportionCutoff({.entropy_per_sample = 0.01, .alpha_log2 = 40}), 512u);
}

// Requirement: health-induced
TEST(EntropyHealthTest, ConstantNoiseRaisesTheRepetitionAlarmExactlyAtTheCutoff) {
  for (const Row& row : kPublished) {
    HealthTests tests({.entropy_per_sample = row.entropy, .alpha_log2 = 20});
    for (std::uint32_t i = 1; i < tests.repetition_cutoff(); ++i) tests.Insert(7);
    EXPECT_FALSE(tests.alarm()) << "H = " << row.entropy;
    tests.Insert(7);
    EXPECT_TRUE(tests.alarm()) << "H = " << row.entropy;
    EXPECT_EQ(tests.repetition_alarms(), 1u);
    EXPECT_EQ(tests.proportion_alarms(), 0u);
  }
}

// One window in which the first sample comes `count` times, never twice in a row where that is
// avoidable.
std::vector<std::uint64_t> BiasedWindow(std::uint32_t window, std::uint32_t count) {
  std::vector<std::uint64_t> samples;
  std::uint64_t other = 1000;
  for (std::uint32_t i = 0; i < window; ++i) {
    const bool first =
        i == 0 || (std::uint64_t{i} * count / window != (std::uint64_t{i} - 1) * count / window);
    samples.push_back(first ? 7 : ++other);
  }
  std::uint32_t have = static_cast<std::uint32_t>(std::count(samples.begin(), samples.end(), 7));
  for (std::uint32_t i = window; have < count; --i) {
    if (samples[i - 1] != 7) samples[i - 1] = 7, ++have;
  }
  for (std::uint32_t i = window; have > count; --i) {
    if (samples[i - 1] == 7) samples[i - 1] = ++other, --have;
  }
  return samples;
}

// Requirement: health-induced
TEST(EntropyHealthTest, BiasedNoiseRaisesTheProportionAlarmExactlyAtTheCutoff) {
  for (const Row& row : kPublished) {
    const HealthClaim claim{.entropy_per_sample = row.entropy, .alpha_log2 = 20};
    const std::uint32_t cutoff = ProportionCutoff(claim);
    AdaptiveProportionTest below(cutoff, claim.window);
    for (const std::uint64_t sample : BiasedWindow(claim.window, cutoff - 1)) {
      EXPECT_FALSE(below.Insert(sample)) << "H = " << row.entropy;
    }
    AdaptiveProportionTest at(cutoff, claim.window);
    std::uint32_t alarms = 0;
    std::uint32_t seen = 0;
    for (const std::uint64_t sample : BiasedWindow(claim.window, cutoff)) {
      seen += sample == 7 ? 1 : 0;
      if (!at.Insert(sample)) continue;
      ++alarms;
      EXPECT_EQ(seen, cutoff) << "H = " << row.entropy;
    }
    EXPECT_EQ(alarms, 1u) << "H = " << row.entropy;
  }
}

TEST(EntropyHealthTest, WindowsDoNotOverlap) {
  AdaptiveProportionTest test(3, 4);
  for (const std::uint64_t sample : {7, 7, 1, 2, 7, 7, 3, 4}) EXPECT_FALSE(test.Insert(sample));
}

TEST(EntropyHealthTest, AlarmStaysUntilRestartAndCountersStayAfterIt) {
  HealthTests tests({.entropy_per_sample = 8, .alpha_log2 = 20});
  for (int i = 0; i < 4; ++i) tests.Insert(1);
  tests.Insert(2);
  EXPECT_TRUE(tests.alarm());
  tests.Restart();
  EXPECT_FALSE(tests.alarm());
  EXPECT_EQ(tests.samples(), 5u);
  EXPECT_EQ(tests.repetition_alarms(), 1u);
}

// Requirement: health-fpr
TEST(EntropyHealthTest, IdealNoiseRaisesNoMoreAlarmsThanAlphaAllows) {
  // A large alpha, so that alarms do come: binary samples, alpha 2^-10.
  const HealthClaim claim{.entropy_per_sample = 1, .alpha_log2 = 10, .window = 1024};
  HealthTests tests(claim);
  IdealBytes ideal;
  constexpr std::uint64_t kBits = std::uint64_t{1} << 23;
  std::uint64_t runs = 0;
  unsigned last = 2;
  for (std::uint64_t i = 0; i < kBits; i += 8) {
    const unsigned byte = ideal.Next();
    for (unsigned bit = 0; bit < 8; ++bit) {
      const unsigned sample = byte >> bit & 1;
      runs += sample != last ? 1 : 0;
      last = sample;
      tests.Insert(sample);
    }
  }
  const double alpha = std::exp2(-10);
  const auto most = [alpha](double chances) {
    const double expected = chances * alpha;
    return expected + 3 * std::sqrt(expected);
  };
  EXPECT_LE(tests.repetition_alarms(), most(static_cast<double>(runs)));
  EXPECT_LE(tests.proportion_alarms(), most(kBits / 1024.0));
  EXPECT_GT(tests.repetition_alarms(), runs * alpha / 2) << "the test has no power";
  EXPECT_GT(tests.proportion_alarms(), 0u) << "the test has no power";
}

// Requirement: health-fpr
TEST(EntropyHealthTest, IdealNoiseRaisesNoAlarmAtTheCutoffsInUse) {
  HealthTests tests({.entropy_per_sample = 6, .alpha_log2 = 30});
  IdealBytes ideal;
  for (std::uint64_t i = 0; i < std::uint64_t{1} << 21; ++i) tests.Insert(ideal.Next());
  EXPECT_EQ(tests.repetition_alarms(), 0u);
  EXPECT_EQ(tests.proportion_alarms(), 0u);
}

// The definition of the standard, counted the long way.
RC_GTEST_PROP(EntropyHealthProperty, RepetitionAlarmsWhereverARunReachesTheCutoff, ()) {
  const auto samples =
      *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 3));
  const auto cutoff = *rc::gen::inRange<std::uint32_t>(2, 6);
  RepetitionCountTest test(cutoff);
  std::size_t run_start = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i] != samples[run_start]) run_start = i;
    const bool expected = i - run_start + 1 == cutoff;
    RC_ASSERT(test.Insert(samples[i]) == expected);
    if (expected) run_start = i + 1;
  }
}

}  // namespace
}  // namespace vallum::module
