// SPDX-License-Identifier: Apache-2.0
// What an ELF file is to the language that loads it. A cryptographic library built into a Python extension
// or a Node.js addon is another thing to do than one built into a program.
#pragma once

#include <array>
#include <string_view>

#include "base/result.h"
#include "scan/elf/elf_file.h"
#include "scan/fact/fact.h"

namespace vallum::scan {

/// RoleSymbol is a function that a file defines so that a runtime can load it, or that a runtime defines.
struct RoleSymbol {
  std::string_view name;
  bool is_prefix;
  FactKind kind;
  std::string_view product;
};

inline constexpr auto kRoleSymbols = std::to_array<RoleSymbol>({
    {"PyInit__md5", false, FactKind::kPythonHashes, "Python"},  // and the extension of the next row
    {"PyInit_", true, FactKind::kPythonExtension, "Python"},
    {"napi_register_module_v", true, FactKind::kNodeAddon, "Node.js"},
    {"node_register_module_v", true, FactKind::kNodeAddon, "Node.js"},
    {"_ZN4node5StartEiPPc", false, FactKind::kNodeRuntime, "Node.js"},
});

/// DetectPlace adds nothing for an ordinary program or library.
Result<Facts> DetectPlace(std::string_view path, const ElfFile& file);

}  // namespace vallum::scan
