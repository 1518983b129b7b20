// SPDX-License-Identifier: Apache-2.0
#include "module/entropy_fault.h"

#include <algorithm>
#include <array>

namespace vallum::module {

Collected FaultyNoise::StartUp(HealthTests& tests) {
  std::array<std::uint8_t, kStartUpSamples> discarded;
  return Collect(discarded, tests);
}

Collected FaultyNoise::Collect(MutableByteSpan out, HealthTests& tests) {
  ++script_->collections;
  const bool fails = script_->faults > 0;
  if (fails) --script_->faults;
  const Fault fault = script_->fault;
  if (!OsBytes(out)) return {};
  if (fails && fault == Fault::kConstant) std::ranges::fill(out, 0x5a);
  if (fails && fault == Fault::kBiased) {
    for (std::size_t i = 0; i < out.size(); i += 2) out[i] = 0x5a;
  }
  for (const std::uint8_t byte : out) tests.Insert(byte);
  if (fails && fault == Fault::kIntermittent) {
    return {Collected::Outcome::kIntermittent, "induced, passing"};
  }
  if (fails && fault == Fault::kPermanent) {
    return {Collected::Outcome::kPermanent, "induced, for good"};
  }
  return {Collected::Outcome::kGood, {}};
}

void EntropyFault::Replace(Entropy& entropy, std::unique_ptr<NoiseSource> source) {
  const std::lock_guard lock(entropy.mutex_);
  entropy.source_ = std::move(source);
}

}  // namespace vallum::module
