// SPDX-License-Identifier: Apache-2.0
// Rust programs: by the manifest that cargo-auditable puts in, and by the paths that panics print, which
// stripping leaves. A crate without a path in the file may still be there: a program is only called silent
// when it names no crate at all.
#pragma once

#include "base/result.h"
#include "scan/elf/elf_file.h"
#include "scan/fact/fact.h"

namespace vallum::scan {

/// DetectRust is empty for what is no Rust program, kInvalidArgument or kResourceExhausted when the manifest
/// is damaged or unpacks to more than 8 MiB.
Result<Facts> DetectRust(const ElfFile& file);

}  // namespace vallum::scan
