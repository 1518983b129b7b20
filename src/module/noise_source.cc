// SPDX-License-Identifier: Apache-2.0
#include "module/noise_source.h"

#include "module/jitter_noise.h"

namespace vallum::module {

std::unique_ptr<NoiseSource> MakeNoiseSource(EntropySource source) {
  if (source == EntropySource::kJitter) return std::make_unique<JitterNoise>();
  return std::make_unique<OsNoise>();
}

}  // namespace vallum::module
