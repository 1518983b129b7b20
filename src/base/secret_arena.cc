// SPDX-License-Identifier: Apache-2.0
#include "base/secret_arena.h"

#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <limits>
#include <new>

#include "base/wipe_ledger.h"

namespace vallum::internal {
namespace {

constexpr std::size_t kSmallestBlock = 32;
constexpr std::size_t kLargestBlock = 32 << 10;
constexpr std::size_t kSlabSize = 64 << 10;
constexpr std::size_t kMostBlocks = kSlabSize / kSmallestBlock;
constexpr std::size_t kKeptEmptySlabs = 2;
constexpr std::uint64_t kSlabMagic = 0x76616c6c756d5342;

std::size_t PageSize() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

std::size_t PoolIndex(std::size_t size) {
  return static_cast<std::size_t>(std::bit_width((std::max(size, kSmallestBlock) - 1) >> 5));
}

std::size_t RoundUpToPages(std::size_t size) {
  return (size + PageSize() - 1) / PageSize() * PageSize();
}

bool LockPages(std::uint8_t* data, std::size_t size) {
  if (mprotect(data, size, PROT_READ | PROT_WRITE) != 0) return false;
  // Requirement: dump-fork-leak
  if (madvise(data, size, MADV_DONTDUMP) != 0) return false;
  if (madvise(data, size, MADV_WIPEONFORK) != 0) return false;
  if (mlock2(data, size, MLOCK_ONFAULT) == 0) return true;
  return errno == ENOSYS && mlock(data, size) == 0;
}

std::uint8_t* ReservePages(std::size_t size) {
  void* pages = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return pages == MAP_FAILED ? nullptr : static_cast<std::uint8_t*>(pages);
}

[[noreturn]] void StopOnCorruption() { __builtin_trap(); }

}  // namespace

struct Slab {
  std::uint64_t magic = kSlabMagic;
  Slab* next = nullptr;
  Slab* previous = nullptr;
  std::size_t block_size = 0;
  std::size_t block_count = 0;
  std::size_t free_count = 0;
  std::uint64_t generation = 0;                           // of the arena that mapped it
  std::uint32_t words_with_free = 0;                      // bit i: free[i] is not 0
  std::array<std::uint64_t, kMostBlocks / 64> free = {};  // bit set: block is free

  std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(this) + 2 * PageSize(); }
};
static_assert(sizeof(Slab) <= 4096);

namespace {

Slab* SlabOf(const std::uint8_t* block) {
  const auto address = reinterpret_cast<std::uintptr_t>(block) & ~(kSlabSize - 1);
  auto* slab = reinterpret_cast<Slab*>(address - 2 * PageSize());
  if (slab->magic != kSlabMagic) StopOnCorruption();
  return slab;
}

void MarkAllFree(Slab* slab) {
  for (std::size_t i = 0; i < slab->block_count; ++i) slab->free[i / 64] |= 1ULL << (i % 64);
  for (std::size_t i = 0; i < slab->free.size(); ++i) {
    if (slab->free[i] != 0) slab->words_with_free |= 1U << i;
  }
  slab->free_count = slab->block_count;
}

Slab* MapSlab(std::size_t block_size) {
  const std::size_t page = PageSize();
  const std::size_t reserved = 2 * kSlabSize + 4 * page;
  std::uint8_t* base = ReservePages(reserved);
  if (base == nullptr) return nullptr;
  const auto lowest = reinterpret_cast<std::uintptr_t>(base) + 3 * page;
  std::uint8_t* data = base + 3 * page + ((kSlabSize - lowest % kSlabSize) % kSlabSize);
  std::uint8_t* begin = data - 3 * page;
  std::uint8_t* end = data + kSlabSize + page;
  if (begin > base) munmap(base, static_cast<std::size_t>(begin - base));
  if (end < base + reserved) munmap(end, static_cast<std::size_t>(base + reserved - end));
  if (mprotect(begin + page, page, PROT_READ | PROT_WRITE) != 0 || !LockPages(data, kSlabSize)) {
    munmap(begin, static_cast<std::size_t>(end - begin));
    return nullptr;
  }
  auto* slab = new (begin + page) Slab;
  slab->block_size = block_size;
  slab->block_count = kSlabSize / block_size;
  MarkAllFree(slab);
  ASAN_POISON_MEMORY_REGION(data, kSlabSize);
  return slab;
}

void UnmapSlab(Slab* slab) {
  ASAN_UNPOISON_MEMORY_REGION(slab->data(), kSlabSize);
  munmap(slab->data() - 3 * PageSize(), kSlabSize + 4 * PageSize());
}

}  // namespace

SecretArena& SecretArena::Instance() {
  static auto* const arena = new SecretArena;
  static const int registered = pthread_atfork([] { arena->LockAll(); }, [] { arena->UnlockAll(); },
                                               [] { arena->ForgetInForkedChild(); });
  if (registered != 0) StopOnCorruption();
  return *arena;
}

void SecretArena::LockAll() {
  for (Pool& pool : pools_) pool.mutex.lock();
}

void SecretArena::UnlockAll() {
  for (Pool& pool : pools_) pool.mutex.unlock();
}

// The child has the parent's blocks, zeroed, in pages that nobody locked for it: none of these may be
// handed out again. Their owners may still free them.
void SecretArena::ForgetInForkedChild() {
  for (Pool& pool : pools_) {
    pool.first = pool.last = nullptr;
    pool.empty_slabs = pool.slabs = pool.blocks = pool.bytes = 0;
  }
  ++generation_;
  UnlockAll();
}

std::size_t SecretArena::UsableSize(std::size_t size) {
  if (size <= kLargestBlock) return kSmallestBlock << PoolIndex(size);
  if (size > std::numeric_limits<std::size_t>::max() / 4) return 0;
  return RoundUpToPages(size);
}

void SecretArena::Link(Pool& pool, Slab* slab, bool at_front) {
  slab->previous = at_front ? nullptr : pool.last;
  slab->next = at_front ? pool.first : nullptr;
  (slab->previous != nullptr ? slab->previous->next : pool.first) = slab;
  (slab->next != nullptr ? slab->next->previous : pool.last) = slab;
}

void SecretArena::Unlink(Pool& pool, Slab* slab) {
  (slab->previous != nullptr ? slab->previous->next : pool.first) = slab->next;
  (slab->next != nullptr ? slab->next->previous : pool.last) = slab->previous;
}

std::uint8_t* SecretArena::TakeBlock(Pool& pool, Slab* slab) {
  const auto word = static_cast<std::size_t>(std::countr_zero(slab->words_with_free));
  const auto bit = static_cast<std::size_t>(std::countr_zero(slab->free[word]));
  slab->free[word] &= slab->free[word] - 1;
  if (slab->free[word] == 0) slab->words_with_free &= ~(1U << word);
  if (slab->free_count == slab->block_count) --pool.empty_slabs;
  if (--slab->free_count == 0) Unlink(pool, slab);
  return slab->data() + (word * 64 + bit) * slab->block_size;
}

std::uint8_t* SecretArena::Allocate(std::size_t size) {
  if (size > kLargestBlock) return AllocateLarge(size);
  const std::size_t index = PoolIndex(size);
  Pool& pool = pools_[index];
  std::uint8_t* block = nullptr;
  {
    const std::lock_guard lock(pool.mutex);
    if (pool.first == nullptr) {
      Slab* slab = MapSlab(kSmallestBlock << index);
      if (slab == nullptr) return nullptr;
      slab->generation = generation_;
      Link(pool, slab, true);
      ++pool.slabs;
      ++pool.empty_slabs;
    }
    block = TakeBlock(pool, pool.first);
    ++pool.blocks;
    pool.bytes += size;
  }
  ASAN_UNPOISON_MEMORY_REGION(block, size);
  return block;
}

// Returns whether the slab has left the pool and is the caller's to unmap.
bool SecretArena::ReturnBlock(Pool& pool, Slab* slab, std::size_t index) {
  const std::uint64_t mask = 1ULL << (index % 64);
  if ((slab->free[index / 64] & mask) != 0) StopOnCorruption();
  slab->free[index / 64] |= mask;
  if (slab->generation != generation_) return false;
  slab->words_with_free |= 1U << (index / 64);
  if (slab->free_count++ == 0) Link(pool, slab, true);
  if (slab->free_count < slab->block_count) return false;
  Unlink(pool, slab);
  if (pool.empty_slabs >= kKeptEmptySlabs) {
    --pool.slabs;
    return true;
  }
  // At the back: slabs in use are filled first, so that the others can become and stay empty.
  Link(pool, slab, false);
  ++pool.empty_slabs;
  return false;
}

void SecretArena::Free(std::uint8_t* data, std::size_t size) {
  if (data == nullptr) return;
  if (size > kLargestBlock) return FreeLarge(data, size);
  Slab* slab = SlabOf(data);
  const std::size_t pool_index = PoolIndex(size);
  const std::size_t block_size = kSmallestBlock << pool_index;
  const auto offset = static_cast<std::size_t>(data - slab->data());
  if (slab->block_size != block_size || offset % block_size != 0) StopOnCorruption();
  ASAN_UNPOISON_MEMORY_REGION(data, block_size);
  Wipe(data, block_size);
  WipeLedger::Record(data, block_size);
  ASAN_POISON_MEMORY_REGION(data, block_size);
  Pool& pool = pools_[pool_index];
  bool release = false;
  {
    const std::lock_guard lock(pool.mutex);
    release = ReturnBlock(pool, slab, offset / block_size);
    if (slab->generation == generation_) {
      --pool.blocks;
      pool.bytes -= size;
    }
  }
  if (release) UnmapSlab(slab);
}

std::uint8_t* SecretArena::AllocateLarge(std::size_t size) {
  const std::size_t usable = UsableSize(size);
  if (usable == 0) return nullptr;
  std::uint8_t* base = ReservePages(usable + 2 * PageSize());
  if (base == nullptr) return nullptr;
  if (!LockPages(base + PageSize(), usable)) {
    munmap(base, usable + 2 * PageSize());
    return nullptr;
  }
  ++large_blocks_;
  large_bytes_ += size;
  large_locked_ += usable;
  return base + PageSize();
}

void SecretArena::FreeLarge(std::uint8_t* data, std::size_t size) {
  const std::size_t usable = UsableSize(size);
  Wipe(data, usable);
  WipeLedger::Record(data, usable);
  munmap(data - PageSize(), usable + 2 * PageSize());
  --large_blocks_;
  large_bytes_ -= size;
  large_locked_ -= usable;
}

SecretArenaStats SecretArena::Stats() {
  SecretArenaStats stats{large_blocks_, large_bytes_, large_locked_};
  for (Pool& pool : pools_) {
    const std::lock_guard lock(pool.mutex);
    stats.blocks += pool.blocks;
    stats.bytes += pool.bytes;
    stats.locked_bytes += pool.slabs * kSlabSize;
  }
  return stats;
}

}  // namespace vallum::internal
