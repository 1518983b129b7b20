// SPDX-License-Identifier: Apache-2.0
// For tests, and in a library of its own that no product links: noise that fails when told to.
#pragma once

#include <atomic>
#include <memory>

#include "module/entropy.h"

namespace vallum::module {

/// FaultyNoise gives the kernel's bytes until it is told to fail. Thread-safe to tell, not to read.
class FaultyNoise final : public NoiseSource {
 public:
  enum class Fault : std::uint8_t {
    kConstant,      ///< every sample is the same: the health tests have to notice
    kBiased,        ///< every other sample is the same
    kIntermittent,  ///< the source reports a failure that may pass
    kPermanent,     ///< the source reports that it is broken
  };
  /// Script is shared with the test, which keeps it when the source is inside.
  struct Script {
    std::atomic<int> faults{0};  ///< the next so many collections fail
    std::atomic<Fault> fault{Fault::kConstant};
    std::atomic<int> collections{0};
  };

  explicit FaultyNoise(std::shared_ptr<Script> script) : script_(std::move(script)) {}
  HealthClaim claim() const override { return OsNoise().claim(); }
  Collected StartUp(HealthTests& tests) override;
  Collected Collect(MutableByteSpan out, HealthTests& tests) override;

 private:
  std::shared_ptr<Script> script_;
};

/// EntropyFault puts another source under an Entropy that runs.
struct EntropyFault {
  static void Replace(Entropy& entropy, std::unique_ptr<NoiseSource> source);
};

}  // namespace vallum::module
