// SPDX-License-Identifier: Apache-2.0
// The library tests each time delta in jent_stuck; deps/jitterentropy/build.sh leads that one call
// here, so that our health tests see every raw sample that goes into an output.
#include "module/jitter_noise.h"

#include <fmt/format.h>
#include <jitterentropy.h>

#include <array>
#include <string_view>

extern "C" {
unsigned jent_stuck(rand_data* collector, std::uint64_t delta);
[[gnu::visibility("hidden")]] unsigned vallum_jent_stuck(rand_data* collector, std::uint64_t delta);
}

namespace vallum::module {
namespace {

// The least that the library allows: a sample is claimed to hold 1/3 bit.
constexpr unsigned kOversampling = JENT_MIN_OSR;
constexpr unsigned kFlags = JENT_FORCE_FIPS | JENT_DISABLE_INTERNAL_TIMER;

thread_local HealthTests* watching = nullptr;

struct Watch {
  explicit Watch(HealthTests& tests) { watching = &tests; }
  ~Watch() { watching = nullptr; }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
};

std::string_view StartError(int code) {
  switch (code) {
    case ENOTIME:
    case ECOARSETIME:
    case ENOMONOTONIC:
    case EMINVARIATION:
      return "its processor offers no fine-grained timer to this process";
    case EVARVAR:
    case EMINVARVAR:
    case ESTUCK:
    case EHEALTH:
    case ERCT:
      return "its timing does not vary enough";
    case EMEM:
      return "memory is short";
    case EHASH:
      return "the library's own SHA3-256 test failed";
    default:
      return "the library's start-up test failed";
  }
}

// What jent_read_entropy returns below zero.
Collected ReadFailure(ssize_t code) {
  constexpr std::array<std::string_view, 9> kReasons = {"",
                                                        "it has no collector",
                                                        "repetition count test",
                                                        "adaptive proportion test",
                                                        "its timer cannot be started",
                                                        "lag predictor test",
                                                        "repetition count test, for good",
                                                        "adaptive proportion test, for good",
                                                        "lag predictor test, for good"};
  const bool passing = code == -2 || code == -3 || code == -5;
  const auto index = static_cast<std::size_t>(-code);
  return {passing ? Collected::Outcome::kIntermittent : Collected::Outcome::kPermanent,
          fmt::format("jitterentropy: {}", index < kReasons.size() ? kReasons[index] : "unknown")};
}

}  // namespace

Collected JitterNoise::StartUp(HealthTests& tests) {
  const Watch watch(tests);
  int failed = jent_entropy_init_ex(kOversampling, kFlags);
  if (failed == 0 && !Allocate()) failed = EMEM;
  if (failed == 0) return {Collected::Outcome::kGood, {}};
  const bool passing = failed == EHEALTH || failed == ERCT || failed == ESTUCK;
  return {passing ? Collected::Outcome::kIntermittent : Collected::Outcome::kPermanent,
          fmt::format("this machine cannot be its own noise source: {} (jitterentropy {}); use "
                      "module.entropy = \"os\"",
                      StartError(failed), failed)};
}

JitterNoise::~JitterNoise() { jent_entropy_collector_free(collector_); }

bool JitterNoise::Allocate() {
  jent_entropy_collector_free(collector_);
  collector_ = jent_entropy_collector_alloc(kOversampling, kFlags);
  return collector_ != nullptr;
}

HealthClaim JitterNoise::claim() const {
  return {.entropy_per_sample = 1.0 / kOversampling, .alpha_log2 = 30};
}

Collected JitterNoise::Collect(MutableByteSpan out, HealthTests& tests) {
  if (collector_ == nullptr) return ReadFailure(-1);
  const Watch watch(tests);
  const ssize_t got =
      jent_read_entropy(collector_, reinterpret_cast<char*>(out.data()), out.size());
  if (got == static_cast<ssize_t>(out.size())) return {Collected::Outcome::kGood, {}};
  Collected failure = ReadFailure(got);
  // A collector that has failed stays failed; a new one has the same parameters, not weaker ones.
  if (failure.outcome == Collected::Outcome::kIntermittent && !Allocate()) {
    failure.outcome = Collected::Outcome::kPermanent;
  }
  return failure;
}

}  // namespace vallum::module

unsigned vallum_jent_stuck(rand_data* collector, std::uint64_t delta) {
  if (vallum::module::watching != nullptr) vallum::module::watching->Insert(delta);
  return jent_stuck(collector, delta);
}
