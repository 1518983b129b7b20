// SPDX-License-Identifier: Apache-2.0
// What a Go program says of its cryptography: by its build information and, apart from that, by its
// code, because the label `boringcrypto` is there also when the code is not.
#pragma once

#include "base/result.h"
#include "scan/elf/elf_file.h"
#include "scan/fact/fact.h"

namespace vallum::scan {

/// DetectGo is empty for what is no Go program. Mode is what the program starts in when its environment
/// says nothing else (GODEBUG).
Result<Facts> DetectGo(const ElfFile& file);

}  // namespace vallum::scan
