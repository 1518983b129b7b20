// SPDX-License-Identifier: Apache-2.0
// JitterNoise: timing jitter of the processor, by the jitterentropy library. Its raw samples are
// the time deltas between two rounds of hashing and memory accesses; it conditions 320 x 3 of them
// into 32 bytes with SHA3-256, and has repetition, proportion and lag tests of its own, which stay
// on.
#pragma once

#include "module/noise_source.h"

struct rand_data;

namespace vallum::module {

class JitterNoise final : public NoiseSource {
 public:
  JitterNoise() = default;
  ~JitterNoise() override;
  JitterNoise(const JitterNoise&) = delete;
  JitterNoise& operator=(const JitterNoise&) = delete;

  HealthClaim claim() const override;
  /// StartUp runs the library's own start-up test (1124 samples) and primes a collector (961
  /// samples or more): tens of milliseconds. kPermanent, with what to do, when this machine has no
  /// such noise.
  Collected StartUp(HealthTests& tests) override;
  Collected Collect(MutableByteSpan out, HealthTests& tests) override;

 private:
  bool Allocate();
  rand_data* collector_ = nullptr;
};

}  // namespace vallum::module
