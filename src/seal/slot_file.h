// SPDX-License-Identifier: Apache-2.0
// The manifest slot in a libvallum.so file.
#pragma once

#include "module/integrity_manifest.h"
#include "seal/object_file.h"

namespace vallum::seal {

/// FindSlot returns where the slot is in the file; kIntegrity unless exactly one is in the part that is
/// read-only after relocation.
Result<std::size_t> FindSlot(const ObjectFile& object);
/// SlotBytes views the slot.
Result<ByteSpan> SlotBytes(const ObjectFile& object);
/// WriteSlot replaces the file as a whole, with `manifest` in its slot and its mode kept.
Status WriteSlot(const ObjectFile& object, ByteSpan manifest);

}  // namespace vallum::seal
