// SPDX-License-Identifier: Apache-2.0
// Texts in an ELF file's data: whole C strings, never parts of longer ones, so that the name of a
// library in a message or a user agent is not taken for the library.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "scan/elf/elf_file.h"

namespace vallum::scan {

struct FoundString {
  std::string_view text;  ///< up to its NUL, at most 160 bytes; good until the callback returns
  std::uint64_t offset;   ///< in the file
  std::string_view section;
};

/// ForEachString calls `on_string` for each C string in the loaded data that begins with a byte of
/// `first` and has a NUL before it or stands at the beginning of its section. Without section headers
/// it reads the loaded segments.
Status ForEachString(const ElfFile& file, std::string_view first,
                     const std::function<void(const FoundString&)>& on_string);

}  // namespace vallum::scan
