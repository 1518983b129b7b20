// SPDX-License-Identifier: Apache-2.0
// The binomial tail is summed from its far end, term from term: it starts at p^W, which is tiny, so
// nothing is lost to rounding. The smallest start, 2^-8192, is within long double's range on x86-64
// and aarch64.
#include "module/entropy_health.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vallum::module {
namespace {

static_assert(std::numeric_limits<long double>::min_exponent < -8192);

// The smallest k with P(Binomial(trials, p) > k) <= alpha.
std::uint32_t CriticalBinomial(unsigned trials, long double p, long double alpha) {
  long double term = std::pow(p, static_cast<long double>(trials));  // P(= trials)
  long double tail = 0;                                              // P(> k)
  for (unsigned k = trials; k > 0; --k) {
    tail += term;
    if (tail > alpha) return k;
    term *= static_cast<long double>(k) / static_cast<long double>(trials - k + 1) * (1 - p) / p;
  }
  return 0;
}

}  // namespace

// Requirement: health-fpr
std::uint32_t RepetitionCutoff(const HealthClaim& claim) {
  return 1 + static_cast<std::uint32_t>(std::ceil(claim.alpha_log2 / claim.entropy_per_sample));
}

std::uint32_t ProportionCutoff(const HealthClaim& claim) {
  const long double p = std::exp2(-static_cast<long double>(claim.entropy_per_sample));
  const long double alpha = std::exp2(-static_cast<long double>(claim.alpha_log2));
  return std::min(1 + CriticalBinomial(claim.window, p, alpha), claim.window);
}

HealthTests::HealthTests(const HealthClaim& claim)
    : claim_(claim),
      repetition_(RepetitionCutoff(claim)),
      proportion_(ProportionCutoff(claim), claim.window) {}

// Requirement: health-induced
void HealthTests::Insert(std::uint64_t sample) {
  ++samples_;
  const bool repeated = repetition_.Insert(sample);
  const bool frequent = proportion_.Insert(sample);
  repetition_alarms_ += repeated ? 1 : 0;
  proportion_alarms_ += frequent ? 1 : 0;
  alarm_ = alarm_ || repeated || frequent;
}

void HealthTests::Restart() {
  repetition_.Restart();
  proportion_.Restart();
  alarm_ = false;
}

}  // namespace vallum::module
