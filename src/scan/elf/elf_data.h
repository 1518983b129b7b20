// SPDX-License-Identifier: Apache-2.0
// The parts of an ELF file that hold data rather than code.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scan/elf/elf_file.h"

namespace vallum::scan {

struct ElfArea {
  std::string_view name;  ///< of the section; good as long as the file
  std::uint64_t offset;
  std::uint64_t size;
};

/// DataAreas are the loaded sections without code; without section headers, the loaded segments.
std::vector<ElfArea> DataAreas(const ElfFile& file);

/// ForEachMatch calls `on_match` for each place in the data where `text` stands, with up to 160 bytes before
/// it and behind it. `text` has at most 64 bytes.
struct ElfMatch {
  std::string_view before;
  std::string_view behind;
};
Status ForEachMatch(const ElfFile& file, std::string_view text,
                    const std::function<void(const ElfMatch&)>& on_match);

}  // namespace vallum::scan
