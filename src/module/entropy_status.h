// SPDX-License-Identifier: Apache-2.0
// Which noise the module's generators are seeded from, and how it is doing. Part of the door;
// include module/module.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace vallum::module {

/// EntropySource is what random bits come from in the end.
enum class EntropySource : std::uint8_t {
  kOs,      ///< the kernel's generator, by getrandom(2): outside the boundary
  kJitter,  ///< CPU timing jitter, by the jitterentropy library inside the boundary
};
std::string_view Name(EntropySource source);
/// Caveat is what has to be said of a source wherever strength is claimed: neither has an SP
/// 800-90B certificate (ESV), and bits from outside carry the caveat of FIPS 140-3 IG 9.3.A.
std::string_view Caveat(EntropySource source);

/// EntropyStatus counts from the module's start.
struct EntropyStatus {
  EntropySource source = EntropySource::kOs;
  bool kernel_fips_mode =
      false;  ///< what the host's kernel said of itself at the start; changes nothing
  bool permanent_failure = false;         ///< no more output, until a restart
  std::string failure;                    ///< why, then
  std::uint64_t samples = 0;              ///< raw samples that went through the health tests
  std::uint64_t repetition_alarms = 0;    ///< of the repetition count test
  std::uint64_t proportion_alarms = 0;    ///< of the adaptive proportion test
  std::uint64_t source_alarms = 0;        ///< failures that the source reported itself
  std::uint64_t discarded_blocks = 0;     ///< collections thrown away after an alarm
  std::uint64_t bytes_delivered = 0;      ///< full-entropy bytes to the root generator
  std::uint64_t bytes_to_generators = 0;  ///< seeds from the root to the generators of threads
  double entropy_per_sample = 0;          ///< H, in bits, as claimed: the cut-offs follow from it
  std::uint32_t alpha_log2 = 0;  ///< cut-offs are made for a false alarm rate of 2^-alpha_log2
  std::uint32_t repetition_cutoff = 0;
  std::uint32_t proportion_cutoff = 0;
  std::uint32_t proportion_window = 0;
  bool start_up_passed = false;            ///< of the last start-up test
  std::uint64_t start_up_samples = 0;      ///< in the last one that passed
  std::int64_t start_up_microseconds = 0;  ///< with making the source ready
  TimePoint start_up_at;                   ///< when it ended
};

}  // namespace vallum::module
