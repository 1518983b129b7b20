// SPDX-License-Identifier: Apache-2.0
// The module and its entropy: what a failure does to the state, and the figures.
#include "module/impl.h"

namespace vallum::module {
namespace {

constexpr const char* kTestName = "Health/Entropy_StartUp";

}  // namespace

Result<std::jthread> Module::Impl::StartEntropy(EntropySource source) {
  entropy = std::make_shared<Entropy>(source);
  entropy->SetEvents(
      {.recover = [this](const Error& error,
                         const std::function<Status()>& again) { Recover(error, again); },
       .fail = [this](const Error& error) { Fail(error, "Health/Entropy"); }});
  if (source == EntropySource::kJitter) {
    return std::jthread([feed = entropy] { (void)feed->Warm(); });
  }
  TRY(entropy->Warm());
  return std::jthread();
}

Status Module::Impl::TestEntropy() {
  Status passed = entropy->StartUpTest();
  NoteEntropyTest();
  return passed;
}

void Module::Impl::NoteEntropyTest() {
  const EntropyStatus last = entropy->status();
  if (last.start_up_at == TimePoint{}) return;
  const std::lock_guard lock(mutex);
  self_tests.push_back({kTestName, last.start_up_passed, last.start_up_microseconds});
}

Error Module::Impl::BlameEntropy(Error error) const {
  const std::string failure = entropy == nullptr ? "" : entropy->status().failure;
  if (failure.empty()) return error;
  return {Code::kEntropy, failure};
}

EntropyStatus Module::Impl::EntropyFigures() const {
  if (entropy == nullptr) return {};
  EntropyStatus status = entropy->status();
  if (context != nullptr && context->seeds() != nullptr) {
    status.bytes_to_generators = context->seeds()->bytes_to_generators();
  }
  return status;
}

}  // namespace vallum::module
