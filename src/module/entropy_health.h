// SPDX-License-Identifier: Apache-2.0
// The health tests of SP 800-90B, 4.4, on raw noise. Pure arithmetic: no OpenSSL, no memory, no
// clock.
//
//   HealthTests tests(HealthClaim{.entropy_per_sample = 6});
//   for (std::uint8_t sample : noise) tests.Insert(sample);
//   if (tests.alarm()) ...                       // discard what was made from these samples
//   tests.Restart();
//
// A cut-off follows from the entropy H claimed for a sample and from alpha, the value that
// generates it. Alpha bounds the rate of false alarms of ideal data only; it is not an observed
// rate (FIPS 140-3 IG D.K).
#pragma once

#include <cstdint>

namespace vallum::module {

/// HealthClaim is what the cut-offs are made from. H is in bits a sample, above 0 and at most 8;
/// alpha is 2^-alpha_log2 (SP 800-90B, 4.4 recommends 2^-20 to 2^-40).
struct HealthClaim {
  double entropy_per_sample = 1;
  unsigned alpha_log2 = 30;
  unsigned window = 512;  ///< of the adaptive proportion test: 1024 for binary samples, else 512
  bool operator==(const HealthClaim&) const = default;
};

/// RepetitionCutoff is C of 4.4.1: 1 + ceil(-log2(alpha) / H).
std::uint32_t RepetitionCutoff(const HealthClaim& claim);
/// ProportionCutoff is C of 4.4.2: 1 + critbinom(window, 2^-H, 1 - alpha), at most the window, so
/// that the test can always fail.
std::uint32_t ProportionCutoff(const HealthClaim& claim);

/// RepetitionCountTest (SP 800-90B, 4.4.1) alarms at the C-th equal sample in a row.
class RepetitionCountTest {
 public:
  explicit RepetitionCountTest(std::uint32_t cutoff) : cutoff_(cutoff) {}
  /// Insert returns whether this sample raises the alarm; counting then starts anew.
  bool Insert(std::uint64_t sample) {
    count_ = count_ != 0 && sample == last_ ? count_ + 1 : 1;
    last_ = sample;
    if (count_ < cutoff_) return false;
    count_ = 0;
    return true;
  }
  void Restart() { count_ = 0; }
  std::uint32_t cutoff() const { return cutoff_; }

 private:
  std::uint32_t cutoff_;
  std::uint32_t count_ = 0;
  std::uint64_t last_ = 0;
};

/// AdaptiveProportionTest (SP 800-90B, 4.4.2) alarms when the first sample of a window comes C
/// times in it. Windows do not overlap.
class AdaptiveProportionTest {
 public:
  AdaptiveProportionTest(std::uint32_t cutoff, std::uint32_t window)
      : cutoff_(cutoff), window_(window) {}
  /// Insert returns whether this sample raises the alarm; a new window begins with the next one.
  bool Insert(std::uint64_t sample) {
    if (seen_ == 0) {
      first_ = sample;
      count_ = 0;
    }
    ++seen_;
    if (sample == first_) ++count_;
    const bool alarm = count_ >= cutoff_;
    if (alarm || seen_ == window_) seen_ = 0;
    return alarm;
  }
  void Restart() { seen_ = 0; }
  std::uint32_t cutoff() const { return cutoff_; }

 private:
  std::uint32_t cutoff_;
  std::uint32_t window_;
  std::uint32_t seen_ = 0;
  std::uint32_t count_ = 0;
  std::uint64_t first_ = 0;
};

/// HealthTests runs both on every sample, counts, and keeps an alarm until Restart. Not
/// thread-safe.
class HealthTests {
 public:
  explicit HealthTests(const HealthClaim& claim);

  void Insert(std::uint64_t sample);
  /// alarm is whether a test has failed since the last Restart.
  bool alarm() const { return alarm_; }
  /// Restart forgets the samples seen, not the counters.
  void Restart();

  const HealthClaim& claim() const { return claim_; }
  std::uint32_t repetition_cutoff() const { return repetition_.cutoff(); }
  std::uint32_t proportion_cutoff() const { return proportion_.cutoff(); }
  std::uint64_t samples() const { return samples_; }
  std::uint64_t repetition_alarms() const { return repetition_alarms_; }
  std::uint64_t proportion_alarms() const { return proportion_alarms_; }

 private:
  HealthClaim claim_;
  RepetitionCountTest repetition_;
  AdaptiveProportionTest proportion_;
  bool alarm_ = false;
  std::uint64_t samples_ = 0;
  std::uint64_t repetition_alarms_ = 0;
  std::uint64_t proportion_alarms_ = 0;
};

}  // namespace vallum::module
