// SPDX-License-Identifier: Apache-2.0
// The names in an ELF file's symbol tables.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "scan/elf/elf_file.h"

namespace vallum::scan {

struct ElfSymbol {
  std::string_view name;  ///< good until the callback returns
  bool defined = false;
};

enum class SymbolTables : std::uint8_t { kDynamic, kAll };

/// ForEachSymbol calls `on_symbol` for each name of the dynamic symbol table, found as the loader finds
/// it, and for kAll of .symtab where there is one. Tables are read in parts. kInvalidArgument when a table lies
/// outside of the file, kResourceExhausted when there are more than four million symbols.
Status ForEachSymbol(const ElfFile& file, const std::function<void(const ElfSymbol&)>& on_symbol,
                     SymbolTables tables = SymbolTables::kAll);

}  // namespace vallum::scan
