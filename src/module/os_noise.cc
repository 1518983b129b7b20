// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/secret.h"
#include "module/noise_source.h"

namespace vallum::module {
namespace {

// The kernel gives up to this many bytes in one piece whatever signals come.
constexpr std::size_t kPiece = 256;

bool ReadKernel(MutableByteSpan out, unsigned flags) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), std::min(out.size(), kPiece), flags);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

}  // namespace

// Less than the 8 bits that a working kernel gives: no false alarm in practice, and a generator
// stuck at a value or in a short cycle still raises one within a block.
HealthClaim OsNoise::claim() const { return {.entropy_per_sample = 6, .alpha_log2 = 30}; }

Collected OsNoise::StartUp(HealthTests& tests) {
  std::array<std::uint8_t, kStartUpSamples> discarded;
  Collected collected = Collect(discarded, tests);
  Wipe(discarded.data(), discarded.size());
  return collected;
}

Collected OsNoise::Collect(MutableByteSpan out, HealthTests& tests) {
  if (!ReadKernel(out, 0)) {
    return {Collected::Outcome::kPermanent, fmt::format("getrandom: {}", std::strerror(errno))};
  }
  for (const std::uint8_t byte : out) tests.Insert(byte);
  return {Collected::Outcome::kGood, {}};
}

bool KernelFipsMode() {
  std::ifstream flag("/proc/sys/crypto/fips_enabled");
  char digit = '0';
  return flag.get(digit) && digit == '1';
}

bool OsBytes(MutableByteSpan out) { return ReadKernel(out, GRND_NONBLOCK); }

}  // namespace vallum::module
