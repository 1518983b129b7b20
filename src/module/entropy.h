// SPDX-License-Identifier: Apache-2.0
// Entropy: a noise source, the health tests on it, and what happens when they fail.
//
//   alarm -> the block is discarded, the tests begin anew, at most three retries -> permanent failure
//
// SP 800-90B, 4.3 and 4.4; decision 10.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "base/secret.h"
#include "module/entropy_health.h"
#include "module/noise_source.h"
#include "ossl/seed_source.h"

namespace vallum::module {

/// EntropyEvents is what the module does about failures. Both are called on the thread that asked
/// for entropy, and must not ask for any.
struct EntropyEvents {
  /// One collection failed: enter the soft error state and call the function up to three times,
  /// until it succeeds. Where that state cannot be entered, return at once: Entropy retries then.
  std::function<void(const Error&, const std::function<Status()>&)> recover;
  /// Failed for good.
  std::function<void(const Error&)> fail;
};

/// Entropy is thread-safe.
class Entropy final : public ossl::SeedFeed {
 public:
  explicit Entropy(EntropySource kind) : Entropy(kind, MakeNoiseSource(kind)) {}
  Entropy(EntropySource kind, std::unique_ptr<NoiseSource> source);

  /// SetEvents waits for a collection that runs.
  void SetEvents(EntropyEvents events);

  /// StartUpTest runs the start-up test: at least 1024 samples through both health tests. kEntropy
  /// when it fails for good. Fill runs it if it never passed; it can be asked for at any time.
  Status StartUpTest();
  /// Warm runs the start-up test and collects the root generator's first seed ahead of time. A slow
  /// source does that on a thread beside the provider's self-tests.
  Status Warm();

  /// Fill delivers tested bytes, or fails for good. SeedFeed's.
  bool Fill(MutableByteSpan out) override;
  bool Working() override { return !permanent_.load(std::memory_order_acquire); }
  /// Extra is 128 bits of the kernel's, or nothing.
  std::size_t Extra(MutableByteSpan out) override;

  /// All but bytes_to_generators.
  EntropyStatus status() const;

 private:
  friend struct EntropyFault;  // tests only; in a library that no product links
  using Step = std::function<Status()>;
  Status Deliver(MutableByteSpan out);
  Status Insist(const Step& step);
  bool Retry(const Error& cause, const Step& step);
  Status CollectOnce(MutableByteSpan out);
  Status StartUpOnce();
  Status RunStartUp();
  Status Judge(const Collected& collected);
  bool TakeStock(MutableByteSpan out);
  void Publish();

  std::mutex mutex_;  ///< guards what follows; held while the source works
  std::unique_ptr<NoiseSource> source_;
  HealthTests tests_;
  EntropyStatus counted_;
  SecretBytes stock_;      ///< tested bytes that Warm collected, for the first Fill
  bool hopeless_ = false;  ///< the source itself said that retrying cannot help
  EntropyEvents events_;

  std::atomic<bool> permanent_{false};
  mutable std::mutex status_mutex_;  ///< for status() alone, which never waits for the source
  EntropyStatus published_;
};

}  // namespace vallum::module
