// SPDX-License-Identifier: Apache-2.0
// What must hold of an object before a seal over its read-only segments means anything.
#pragma once

#include "seal/object_file.h"

namespace vallum::seal {

/// CheckSealable is kUnsupported, and says why, when the dynamic linker would write to a covered segment
/// (text relocations), when code of the object chooses addresses at load (IFUNC), when its tables of
/// addresses stay writable (no RELRO, lazy binding), or when its stack would be executable.
Status CheckSealable(const ObjectFile& object);

}  // namespace vallum::seal
