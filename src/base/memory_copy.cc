// SPDX-License-Identifier: Apache-2.0
#include "base/memory_copy.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>

namespace vallum::detail {

constinit std::atomic<std::atomic<std::uint64_t>*> memory_copy{nullptr};

namespace {

// Ordinary memory, so a copy counts on from where it was copied.
constinit std::atomic<std::uint64_t> copies{0};

std::atomic<std::uint64_t>* MapMark() {
  const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* page = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  if (madvise(page, size, MADV_WIPEONFORK) != 0) {
    (void)munmap(page, size);
    return nullptr;
  }
  auto* mark = new (page) std::atomic<std::uint64_t>(0);
  std::atomic<std::uint64_t>* first = nullptr;
  if (memory_copy.compare_exchange_strong(first, mark)) return mark;
  (void)munmap(page, size);
  return first;
}

}  // namespace

std::uint64_t MarkMemoryCopy() {
  std::atomic<std::uint64_t>* mark = memory_copy.load();
  if (mark == nullptr) mark = MapMark();
  if (mark == nullptr) return 0;
  std::uint64_t number = 0;
  const std::uint64_t next = copies.fetch_add(1) + 1;
  return mark->compare_exchange_strong(number, next) ? next : number;
}

}  // namespace vallum::detail
