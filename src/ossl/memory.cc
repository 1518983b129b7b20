// SPDX-License-Identifier: Apache-2.0
#include "ossl/memory.h"

#include <malloc.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/secret.h"
#include "base/wipe_ledger.h"

namespace vallum::ossl {
namespace {

void* Allocate(std::size_t size, const char*, int) {
  return size == 0 ? nullptr : std::malloc(size);
}

// Requirement: evp-residue
void Free(void* block, const char*, int) {
  if (block == nullptr) return;
  const std::size_t size = malloc_usable_size(block);
  Wipe(block, size);
  WipeLedger::Record(block, size);
  std::free(block);
}

// realloc may move a block and leave the old bytes behind, so it is never used.
void* Reallocate(void* block, std::size_t size, const char* file, int line) {
  if (block == nullptr) return Allocate(size, file, line);
  if (size == 0) {
    Free(block, file, line);
    return nullptr;
  }
  void* moved = std::malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(size, malloc_usable_size(block)));
  Free(block, file, line);
  return moved;
}

}  // namespace

Status InstallWipingAllocator() {
  static const bool installed = CRYPTO_set_mem_functions(Allocate, Reallocate, Free) == 1;
  if (installed) return {};
  return Internal(
      "libcrypto was used before the module started, so its allocator cannot be made to wipe; "
      "start "
      "the module before anything that uses TLS");
}

}  // namespace vallum::ossl
