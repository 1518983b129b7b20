// SPDX-License-Identifier: Apache-2.0
#include "module/entropy.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/clock.h"

namespace vallum::module {
namespace {

using std::chrono::steady_clock;

constexpr int kRetries = 3;

// Entropy and nonce of a CTR_DRBG of strength 256 (SP 800-90A, 10.2.1): 384 bits.
constexpr std::size_t kFirstSeed = 48;

std::int64_t MicrosecondsSince(steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin).count();
}

}  // namespace

std::string_view Name(EntropySource source) {
  return source == EntropySource::kOs ? "os" : "jitter";
}

std::string_view Caveat(EntropySource source) {
  if (source == EntropySource::kOs) {
    return "No assurance of the minimum strength of generated SSPs (e.g., keys): entropy comes "
           "from "
           "outside the module (FIPS 140-3 IG 9.3.A)";
  }
  return "The entropy source has no ESV certificate for this operating environment: its claimed "
         "strength was not assessed by a laboratory";
}

Entropy::Entropy(EntropySource kind, std::unique_ptr<NoiseSource> source)
    : source_(std::move(source)), tests_(source_->claim()) {
  counted_.source = kind;
  counted_.kernel_fips_mode = KernelFipsMode();
  counted_.entropy_per_sample = tests_.claim().entropy_per_sample;
  counted_.alpha_log2 = tests_.claim().alpha_log2;
  counted_.repetition_cutoff = tests_.repetition_cutoff();
  counted_.proportion_cutoff = tests_.proportion_cutoff();
  counted_.proportion_window = tests_.claim().window;
  published_ = counted_;
}

void Entropy::SetEvents(EntropyEvents events) {
  const std::lock_guard lock(mutex_);
  events_ = std::move(events);
}

Status Entropy::StartUpTest() {
  const std::lock_guard lock(mutex_);
  return RunStartUp();
}

Status Entropy::Warm() {
  const std::lock_guard lock(mutex_);
  TRY(RunStartUp());
  SecretBytes stock = TRY(SecretBytes::Create(kFirstSeed));
  TRY(Insist([&] { return CollectOnce(stock.mutable_span()); }));
  stock_ = std::move(stock);
  return {};
}

Status Entropy::RunStartUp() {
  const auto begin = steady_clock::now();
  Status passed = Insist([this] { return StartUpOnce(); });
  counted_.start_up_passed = passed.has_value();
  counted_.start_up_microseconds = MicrosecondsSince(begin);
  counted_.start_up_at = SystemClock().Now();
  Publish();
  return passed;
}

// Requirement: health-induced
Status Entropy::StartUpOnce() {
  tests_.Restart();
  const std::uint64_t before = tests_.samples();
  TRY(Judge(source_->StartUp(tests_)));
  counted_.start_up_samples = tests_.samples() - before;
  if (counted_.start_up_samples >= kStartUpSamples) return {};
  return Internal("the noise source took too few samples for a start-up test");
}

bool Entropy::Fill(MutableByteSpan out) {
  const std::lock_guard lock(mutex_);
  const bool delivered = Deliver(out).has_value();
  if (delivered) counted_.bytes_delivered += out.size();
  Publish();
  return delivered;
}

Status Entropy::Deliver(MutableByteSpan out) {
  if (!counted_.start_up_passed) TRY(RunStartUp());
  if (Working() && TakeStock(out)) return {};
  return Insist([&] { return CollectOnce(out); });
}

bool Entropy::TakeStock(MutableByteSpan out) {
  if (stock_.size() != out.size()) return false;
  std::ranges::copy(stock_.span(), out.begin());
  stock_ = SecretBytes();
  return true;
}

// Requirement: entropy-fault
Status Entropy::Insist(const Step& step) {
  if (!Working()) return Error(Code::kEntropy, "the entropy source has failed; restart");
  Status done = step();
  if (done || Retry(done.error(), step)) return {};
  Error error(Code::kEntropy, fmt::format("the entropy source has failed for good: {}; restart",
                                          done.error().message()));
  permanent_.store(true, std::memory_order_release);
  counted_.failure = error.message();
  stock_ = SecretBytes();
  Publish();
  if (events_.fail) events_.fail(error);
  return error;
}

bool Entropy::Retry(const Error& cause, const Step& step) {
  int tried = 0;
  bool passed = false;
  const auto again = [&]() -> Status {
    if (hopeless_ || tried == kRetries) return cause;
    ++tried;
    TRY(step());
    passed = true;
    return {};
  };
  if (events_.recover && !hopeless_) events_.recover(cause, again);
  while (!passed && !hopeless_ && tried < kRetries) (void)again();
  return passed;
}

Status Entropy::CollectOnce(MutableByteSpan out) {
  if (tests_.alarm()) tests_.Restart();
  Status judged = Judge(source_->Collect(out, tests_));
  if (!judged) Wipe(out.data(), out.size());
  return judged;
}

Status Entropy::Judge(const Collected& collected) {
  const bool good = collected.outcome == Collected::Outcome::kGood;
  if (good && !tests_.alarm()) return {};
  ++counted_.discarded_blocks;
  if (good) return Error(Code::kEntropy, "a health test on the raw noise failed");
  ++counted_.source_alarms;
  hopeless_ = collected.outcome == Collected::Outcome::kPermanent;
  return Error(Code::kEntropy, collected.reason);
}

std::size_t Entropy::Extra(MutableByteSpan out) { return OsBytes(out) ? out.size() : 0; }

void Entropy::Publish() {
  const std::lock_guard lock(status_mutex_);
  published_ = counted_;
  published_.samples = tests_.samples();
  published_.repetition_alarms = tests_.repetition_alarms();
  published_.proportion_alarms = tests_.proportion_alarms();
}

EntropyStatus Entropy::status() const {
  const std::lock_guard lock(status_mutex_);
  EntropyStatus status = published_;
  status.permanent_failure = permanent_.load(std::memory_order_acquire);
  return status;
}

}  // namespace vallum::module
