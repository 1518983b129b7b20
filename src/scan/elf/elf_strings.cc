// SPDX-License-Identifier: Apache-2.0
#include "scan/elf/elf_strings.h"

#include <elf.h>

#include <algorithm>
#include <array>

namespace vallum::scan {
namespace {

constexpr std::size_t kChunk = 512U << 10;
constexpr std::size_t kLongest = 160;

struct Area {
  std::string_view name;
  std::uint64_t offset;
  std::uint64_t size;
};

/// Data and read-only data. Code is left out: it is large and holds no strings.
std::vector<Area> AreasOf(const ElfFile& file) {
  std::vector<Area> areas;
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

class Scanner {
 public:
  Scanner(std::string_view first, const std::function<void(const FoundString&)>& on_string)
      : on_string_(on_string) {
    for (const char one : first) begins_[static_cast<std::uint8_t>(one)] = true;
  }

  Status Scan(const Content& content, const Area& area) {
    const std::uint64_t end =
        std::min(content.size(), area.offset + std::min(area.size, UINT64_MAX - area.offset));
    bool after_nul = true;
    for (std::uint64_t at = area.offset; at < end;) {
      const std::size_t want =
          static_cast<std::size_t>(std::min<std::uint64_t>(kChunk + kLongest, end - at));
      const std::size_t got = TRY(content.ReadAt(at, MutableByteSpan(buffer_).first(want)));
      if (got == 0) break;
      const std::size_t own = std::min(got, kChunk);
      Look(ByteSpan(buffer_).first(got), own, after_nul, area, at);
      after_nul = buffer_[own - 1] == 0;
      at += own;
    }
    return {};
  }

 private:
  void Look(ByteSpan bytes, std::size_t own, bool after_nul, const Area& area,
            std::uint64_t offset) {
    if (after_nul && begins_[bytes[0]]) Found(bytes, 0, area, offset);
    for (std::size_t at = 1; at < own; ++at) {
      if (bytes[at - 1] == 0 && begins_[bytes[at]]) Found(bytes, at, area, offset);
    }
  }

  void Found(ByteSpan bytes, std::size_t at, const Area& area, std::uint64_t offset) {
    const std::string_view rest = AsText(bytes).substr(at, kLongest);
    const std::size_t end = rest.find('\0');
    on_string_({.text = rest.substr(0, end), .offset = offset + at, .section = area.name});
  }

  const std::function<void(const FoundString&)>& on_string_;
  std::array<bool, 256> begins_ = {};
  Bytes buffer_ = Bytes(kChunk + kLongest);
};

}  // namespace

Status ForEachString(const ElfFile& file, std::string_view first,
                     const std::function<void(const FoundString&)>& on_string) {
  Scanner scanner(first, on_string);
  for (const Area& area : AreasOf(file)) TRY(scanner.Scan(file.content(), area));
  return {};
}

}  // namespace vallum::scan
