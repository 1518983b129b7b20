// SPDX-License-Identifier: Apache-2.0
// NoiseSource: an entropy source as SP 800-90B has it, noise and conditioning, with its raw samples
// in the open so that the module can test them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "module/entropy_health.h"
#include "module/entropy_status.h"

namespace vallum::module {

/// What became of one collection. Only kGood output may be used, and only when the tests are quiet
/// too.
struct Collected {
  enum class Outcome : std::uint8_t { kGood, kIntermittent, kPermanent };
  Outcome outcome = Outcome::kPermanent;
  std::string reason;  ///< what the source said, when it is not kGood
};

/// SP 800-90B, 4.3: the start-up test sees at least so many samples before any output.
inline constexpr std::uint64_t kStartUpSamples = 1024;

/// NoiseSource is not thread-safe.
class NoiseSource {
 public:
  virtual ~NoiseSource() = default;
  /// claim is the entropy of one raw sample.
  virtual HealthClaim claim() const = 0;
  /// StartUp makes the source ready and takes at least kStartUpSamples raw samples of it, in a row,
  /// into `tests`; it can be run again at any time. Its samples are used for nothing else.
  virtual Collected StartUp(HealthTests& tests) = 0;
  /// Collect, after StartUp, fills `out` with full-entropy bytes, and inserts every raw sample
  /// behind them into `tests`.
  virtual Collected Collect(MutableByteSpan out, HealthTests& tests) = 0;
};

/// MakeNoiseSource only makes it: whether this machine has such noise shows in StartUp.
std::unique_ptr<NoiseSource> MakeNoiseSource(EntropySource source);

/// OsNoise reads the kernel's generator (getrandom). Its samples are conditioned already, so the
/// tests catch a broken kernel interface, not weak noise.
class OsNoise final : public NoiseSource {
 public:
  HealthClaim claim() const override;
  Collected StartUp(HealthTests& tests) override;
  Collected Collect(MutableByteSpan out, HealthTests& tests) override;
};

/// OsBytes fills `out` from getrandom without blocking; false when the kernel gives none.
bool OsBytes(MutableByteSpan out);

/// KernelFipsMode is whether the kernel runs in its FIPS mode, as a container's does on such a host. Only
/// to be reported: what the module does never follows from it.
bool KernelFipsMode();

}  // namespace vallum::module
