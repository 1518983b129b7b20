// SPDX-License-Identifier: Apache-2.0
#include "scan/elf/elf_data.h"

#include <elf.h>

#include <algorithm>

namespace vallum::scan {
namespace {

constexpr std::size_t kChunk = 64U << 10;
constexpr std::size_t kAround = 160;
constexpr std::size_t kLongestText = 64;

}  // namespace

std::vector<ElfArea> DataAreas(const ElfFile& file) {
  std::vector<ElfArea> areas;
  for (const ElfSection& one : file.sections()) {
    const bool is_data = one.type == SHT_PROGBITS && (one.flags & SHF_EXECINSTR) == 0;
    if (is_data && (one.flags & SHF_ALLOC) != 0) areas.push_back({one.name, one.offset, one.size});
  }
  if (!file.sections().empty()) return areas;
  for (const ElfSegment& one : file.segments()) {
    if (one.type == PT_LOAD) areas.push_back({"segment", one.offset, one.size});
  }
  return areas;
}

Status ForEachMatch(const ElfFile& file, std::string_view text,
                    const std::function<void(const ElfMatch&)>& on_match) {
  Bytes buffer(kAround + kChunk + kLongestText + kAround);
  for (const ElfArea& area : DataAreas(file)) {
    const std::uint64_t end = std::min(file.content().size(),
                                       area.offset + std::min(area.size, UINT64_MAX - area.offset));
    for (std::uint64_t at = area.offset; at < end; at += kChunk) {
      // The buffer begins a little before the chunk, so that what stands before a match is there.
      const std::uint64_t begin = std::max(area.offset, at - std::min<std::uint64_t>(at, kAround));
      const auto want =
          static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - begin));
      const std::size_t got =
          TRY(file.content().ReadAt(begin, MutableByteSpan(buffer).first(want)));
      const std::string_view data = AsText(ByteSpan(buffer).first(got));
      const auto skip = static_cast<std::size_t>(at - begin);
      for (std::size_t found = data.find(text, skip); found < std::min(skip + kChunk, data.size());
           found = data.find(text, found + 1)) {
        const std::size_t from = found - std::min(found, kAround);
        on_match({.before = data.substr(from, found - from),
                  .behind = data.substr(std::min(found + text.size(), data.size()), kAround)});
      }
    }
  }
  return {};
}

}  // namespace vallum::scan
