// SPDX-License-Identifier: Apache-2.0
// Where the FIPS provider's random bit generators get their seeds: a tree of generators in the
// shape of SP 800-90C's RBGC, all of them CTR_DRBG (AES-256, derivation function) of the provider.
//
//   SeedFeed (full-entropy bytes, tested) -> root generator of this library context
//     -> the provider's generators, a public and a private one per thread
//
// The provider has no seed of its own: it asks libcrypto, libcrypto asks the seed source that its
// library context holds, and that is ours. The root is there because a live noise source takes
// milliseconds, while the provider reseeds each thread's generators every 2^16 requests.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "ossl/handle.h"

namespace vallum::ossl {

/// SeedFeed is implemented by whoever has noise. Calls come from any thread, one at a time for
/// Fill.
class SeedFeed {
 public:
  virtual ~SeedFeed() = default;
  /// Fill fills `out` with full-entropy bytes (8 bits a byte). False: no output, and whoever needed
  /// the seed fails.
  virtual bool Fill(MutableByteSpan out) = 0;
  /// Working is asked before each seed leaves the root; false stops it although the root could go
  /// on.
  virtual bool Working() = 0;
  /// Extra returns how many bytes it wrote to `out` (16): additional input of one call of the root,
  /// not credited with entropy.
  virtual std::size_t Extra(MutableByteSpan out) = 0;
};

/// SeedTree is the seed source of one library context. Thread-safe.
class SeedTree {
 public:
  /// Install makes `feed` the only seed source of `context`, where the FIPS provider is loaded and
  /// nothing random was used yet; it instantiates the root, so it draws from `feed`. kEntropy when
  /// that fails, kProvider when the source cannot be installed. The context outlives the tree.
  static Result<std::unique_ptr<SeedTree>> Install(ossl_lib_ctx_st* context,
                                                   std::shared_ptr<SeedFeed> feed);
  ~SeedTree();
  SeedTree(const SeedTree&) = delete;
  SeedTree& operator=(const SeedTree&) = delete;

  /// Seeds handed to the generators below the root, in bytes.
  std::uint64_t bytes_to_generators() const { return bytes_.load(std::memory_order_relaxed); }

  /// For the seed provider's functions: noise for the root, and seeds from the root.
  bool FeedRoot(MutableByteSpan out) { return feed_->Fill(out); }
  bool SeedGenerator(MutableByteSpan out);

 private:
  explicit SeedTree(std::shared_ptr<SeedFeed> feed) : feed_(std::move(feed)) {}
  Status InstallProvider(ossl_lib_ctx_st* context);
  Status MakeRoot(ossl_lib_ctx_st* context);

  std::shared_ptr<SeedFeed> feed_;
  Provider provider_;
  RandContext noise_;
  RandContext root_;
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace vallum::ossl
