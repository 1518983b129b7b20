// SPDX-License-Identifier: Apache-2.0
#include "module/cast.h"

#include <fmt/format.h>

#include <chrono>

#include "module/key_blob_cast.h"

namespace vallum::module {
namespace {

// The entry that this thread is testing: what its test uses is the thing under test.
thread_local const void* under_test = nullptr;

Error Failed(std::string_view name, std::string_view why) {
  return {Code::kSelfTestFailed, fmt::format("the self-test {} failed{}", name, why)};
}

}  // namespace

std::vector<CastRow> ModuleCasts() {
  return {{"Vallum_CAST/key-blob",
           [](const ossl::ContextRef& context) { return TestKeyBlobs(context, kKeyBlobVector); }}};
}

CastRunner::CastRunner(std::vector<CastRow> rows) {
  for (CastRow& row : rows) {
    auto entry = std::make_unique<Entry>();
    entry->row = std::move(row);
    entries_.push_back(std::move(entry));
  }
}

CastState CastRunner::state(Cast cast) const {
  return At(cast).state.load(std::memory_order_acquire);
}

bool CastRunner::Passed(Cast cast) const { return state(cast) == CastState::kPassed; }

// Requirement: lazy-once
Status CastRunner::Require(Cast cast, const ossl::ContextRef& context) {
  Entry& entry = At(cast);
  if (Passed(cast) || under_test == &entry) return {};
  const std::lock_guard lock(entry.mutex);
  if (Passed(cast)) return {};
  if (state(cast) == CastState::kFailed) return Failed(entry.row.name, " before");
  return Run(entry, context);
}

Status CastRunner::RunAll(const ossl::ContextRef& context) {
  for (const auto& entry : entries_) {
    const std::lock_guard lock(entry->mutex);
    TRY(Run(*entry, context));
  }
  return {};
}

Status CastRunner::Run(Entry& entry, const ossl::ContextRef& context) {
  const auto begin = std::chrono::steady_clock::now();
  entry.state.store(CastState::kRunning, std::memory_order_release);
  const void* const outer = std::exchange(under_test, &entry);
  const Status tested = entry.row.run(context);
  under_test = outer;
  const auto taken = std::chrono::steady_clock::now() - begin;
  entry.microseconds.store(std::chrono::duration_cast<std::chrono::microseconds>(taken).count());
  entry.state.store(tested ? CastState::kPassed : CastState::kFailed, std::memory_order_release);
  if (tested) return {};
  return Failed(entry.row.name, ": " + tested.error().message());
}

std::string CastRunner::FirstFailure() const {
  for (const SelfTestResult& result : Results()) {
    if (!result.passed) return result.name;
  }
  return {};
}

std::vector<SelfTestResult> CastRunner::Results() const {
  std::vector<SelfTestResult> results;
  for (const auto& entry : entries_) {
    const CastState state = entry->state.load(std::memory_order_acquire);
    if (state != CastState::kPassed && state != CastState::kFailed) continue;
    results.push_back(
        {std::string(entry->row.name), state == CastState::kPassed, entry->microseconds.load()});
  }
  return results;
}

}  // namespace vallum::module
