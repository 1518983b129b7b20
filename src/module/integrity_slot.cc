// SPDX-License-Identifier: Apache-2.0
#include "module/integrity_slot.h"

namespace vallum::module {
namespace {

struct Slot {
  char magic[kManifestMagicSize];
  std::uint8_t rest[kManifestSize - kManifestMagicSize];
};
static_assert(sizeof(Slot) == kManifestSize);

// Without a relocation nothing but the section's name puts it into RELRO.
[[gnu::section(".data.rel.ro.vallum_integrity"), gnu::used, gnu::aligned(64)]] Slot slot = {
    {'V', 'A', 'L', 'L', 'U', 'M', '-', 'I', 'N', 'T', 'E', 'G', 'R', 'I', 'T', 'Y'}, {}};

}  // namespace

// Volatile: the compiler knows the initial value and would otherwise use it.
std::array<std::uint8_t, kManifestSize> ReadIntegritySlot() {
  std::array<std::uint8_t, kManifestSize> copy{};
  const volatile auto* bytes = reinterpret_cast<const volatile std::uint8_t*>(&slot);
  for (std::size_t i = 0; i < copy.size(); ++i) copy[i] = bytes[i];
  return copy;
}

const void* IntegritySlotAddress() { return &slot; }

}  // namespace vallum::module
