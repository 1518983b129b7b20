// SPDX-License-Identifier: Apache-2.0
// WipeLedger: proof that memory was wiped, taken at the only moment when it can be: after the wipe and
// before the block goes back to its allocator.
//
//   WipeLedger ledger;
//   key.reset();
//   ledger.bytes(), ledger.verified()       // read back, zero
//
// Whoever wipes on free (the arena of base/secret.h, libcrypto's allocator in ossl/memory.h) records
// each block. FIPS 140-3 (ISO/IEC 19790:2012, 7.9.7): at level 2 a module indicates when zeroisation is
// complete.
#pragma once

#include <cstddef>

namespace vallum {

/// WipeLedger sees every block that its thread wipes while it lives; other threads' are not counted.
/// Ledgers nest, and each sees everything. Use it on the thread that made it.
class WipeLedger {
 public:
  WipeLedger();
  ~WipeLedger();
  WipeLedger(const WipeLedger&) = delete;
  WipeLedger& operator=(const WipeLedger&) = delete;

  /// Await watches for the wiping of the block that begins at `block`; one block at a time.
  void Await(const void* block);
  /// arrived says whether the block that was awaited last has been wiped.
  bool arrived() const { return awaited_ == nullptr; }

  std::size_t blocks() const { return blocks_; }
  std::size_t bytes() const { return bytes_; }
  /// verified is true when every byte of every block read back as zero.
  bool verified() const { return verified_; }

  /// Record is for allocators: call it with each block after wiping it, before giving it away. It
  /// reads the block only when this thread has a ledger.
  static void Record(const void* block, std::size_t size);

 private:
  void Add(const void* block, std::size_t size, bool zero);

  WipeLedger* outer_;
  const void* awaited_ = nullptr;
  std::size_t blocks_ = 0;
  std::size_t bytes_ = 0;
  bool verified_ = true;
};

}  // namespace vallum
