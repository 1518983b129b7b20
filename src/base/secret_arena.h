// SPDX-License-Identifier: Apache-2.0
// The memory behind SecretBytes and SecretBuffer. Private to base: everything else uses
// base/secret.h, which also says what the pages are protected against.
//
//   slab:  | guard | bookkeeping | guard | 64 KiB of equal blocks | guard |
//   large: | guard | whole pages of one block | guard |
//
// Blocks are powers of two from 32 B to 32 KiB; a block's slab is found by masking its address, so
// nothing is written into the secret pages but secrets. Free memory is always zero.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "base/secret.h"

namespace vallum::internal {

struct Slab;

/// SecretArena is thread-safe: one lock for each block size. After fork() a child finds what it
/// inherited zeroed; what it allocates comes from pages of its own, locked as ever.
class SecretArena {
 public:
  /// Instance is the process's one arena. It is never destroyed, so that secrets in static objects
  /// can still be freed when the process ends.
  static SecretArena& Instance();

  /// Allocate returns `size` (at least 1) zero bytes, aligned to 32, or nullptr when no memory can
  /// be mapped, locked or protected. Give it back with Free and the same size.
  std::uint8_t* Allocate(std::size_t size);
  /// Free wipes the whole block. A pointer that is not a live block of that size stops the process:
  /// the heap of secrets is corrupt then.
  void Free(std::uint8_t* data, std::size_t size);
  /// UsableSize is how many bytes a block for `size` really has; 0 when `size` is beyond any bound.
  static std::size_t UsableSize(std::size_t size);
  SecretArenaStats Stats();

 private:
  static constexpr std::size_t kPoolCount = 11;

  // One block size. Slabs without a free block are in no list.
  struct alignas(64) Pool {
    std::mutex mutex;
    Slab* first = nullptr;
    Slab* last = nullptr;
    std::size_t empty_slabs = 0;
    std::size_t slabs = 0;
    std::size_t blocks = 0;
    std::size_t bytes = 0;
  };

  static void Link(Pool& pool, Slab* slab, bool at_front);
  static void Unlink(Pool& pool, Slab* slab);
  void LockAll();
  void UnlockAll();
  void ForgetInForkedChild();
  static std::uint8_t* TakeBlock(Pool& pool, Slab* slab);
  bool ReturnBlock(Pool& pool, Slab* slab, std::size_t index);
  std::uint8_t* AllocateLarge(std::size_t size);
  void FreeLarge(std::uint8_t* data, std::size_t size);

  std::array<Pool, kPoolCount> pools_;
  std::uint64_t generation_ = 0;  ///< forks between the first process and this one
  std::atomic<std::size_t> large_blocks_ = 0;
  std::atomic<std::size_t> large_bytes_ = 0;
  std::atomic<std::size_t> large_locked_ = 0;
};

}  // namespace vallum::internal
