// SPDX-License-Identifier: Apache-2.0
// What an ELF file says of cryptography: which library it is, has built in or needs, and whether it is
// the FIPS provider of OpenSSL.
//
// Order of trust: what the loader reads (DT_NEEDED, DT_SONAME), then which markers are defined, then
// version texts. An undefined symbol proves nothing; DT_NEEDED already says what is linked.
#pragma once

#include "base/result.h"
#include "scan/elf/elf_file.h"
#include "scan/fact/fact.h"

namespace vallum::scan {

/// DetectElf is kInvalidArgument when a table lies outside of the file, kResourceExhausted when one is
/// too large.
Result<Facts> DetectElf(const ElfFile& file);

}  // namespace vallum::scan
