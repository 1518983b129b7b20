// SPDX-License-Identifier: Apache-2.0
// Conditional algorithm self-tests (ISO/IEC 19790:2012, 7.10.3.2) of what the module composes itself.
// Those of the provider's algorithms run when it is loaded.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "module/module.h"
#include "ossl/context.h"

namespace vallum::module {

/// What the module composes of the provider's algorithms.
enum class Cast : std::uint8_t {
  kKeyBlob,  ///< sealing of keys and of the key-encryption key (docs/formats/key-blob.md)
};

enum class CastState : std::uint8_t { kUntested, kRunning, kPassed, kFailed };

struct CastRow {
  std::string_view name;  ///< as in status: "Vallum_CAST/key-blob"
  std::function<Status(const ossl::ContextRef&)> run;
};

/// ModuleCasts are the rows in the order of Cast.
std::vector<CastRow> ModuleCasts();

/// CastRunner runs each test once, before the first use of what it tests. Thread-safe.
class CastRunner {
 public:
  explicit CastRunner(std::vector<CastRow> rows);

  /// Passed costs one load; it is false until the test has passed.
  bool Passed(Cast cast) const;
  CastState state(Cast cast) const;
  std::string_view NameOf(Cast cast) const { return At(cast).row.name; }
  /// Require runs the test unless it has run; others wait for its end. What the test itself uses on its
  /// thread is not held up. kSelfTestFailed names the test, from then on and always.
  Status Require(Cast cast, const ossl::ContextRef& context);
  /// RunAll runs every test again, whether it had run or not, until one fails. Call it with the gate
  /// closed.
  Status RunAll(const ossl::ContextRef& context);
  /// FirstFailure names a test that failed, or is empty.
  std::string FirstFailure() const;
  /// Results are those of the tests that have ended.
  std::vector<SelfTestResult> Results() const;

 private:
  struct Entry {
    CastRow row;
    std::atomic<CastState> state{CastState::kUntested};
    std::atomic<std::int64_t> microseconds{0};
    std::mutex mutex;
  };
  static Status Run(Entry& entry, const ossl::ContextRef& context);
  Entry& At(Cast cast) const { return *entries_[static_cast<std::size_t>(cast)]; }

  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace vallum::module
