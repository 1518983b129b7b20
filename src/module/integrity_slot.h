// SPDX-License-Identifier: Apache-2.0
// The place in libvallum.so where vallum-seal writes the integrity manifest: read-only after
// relocation, and in a segment that the integrity test does not cover, so that there is no circle.
#pragma once

#include <array>
#include <cstdint>

#include "module/integrity_manifest.h"

namespace vallum::module {

/// ReadIntegritySlot copies the slot as it is in memory now.
std::array<std::uint8_t, kManifestSize> ReadIntegritySlot();
/// IntegritySlotAddress is an address inside libvallum.so.
const void* IntegritySlotAddress();

}  // namespace vallum::module
