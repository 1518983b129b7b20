// SPDX-License-Identifier: Apache-2.0
#include "scan/elf/elf_strings.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "scan/elf/elf_data.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kChunk = 64U << 10;
constexpr std::size_t kLongest = 160;
constexpr std::size_t kWord = sizeof(std::uint64_t);

static_assert(std::endian::native == std::endian::little, "the lowest byte stands first");

std::uint64_t WordAt(ByteSpan bytes, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, kWord);
  return word;
}

/// The top bit of each byte of `word` that is zero.
constexpr std::uint64_t ZeroBytes(std::uint64_t word) {
  constexpr std::uint64_t kLow = 0x7f7f'7f7f'7f7f'7f7f;
  return ~(((word & kLow) + kLow) | word | kLow);
}
static_assert(ZeroBytes(0x0100'ff00'8001'0010) == 0x0080'0080'0000'8000);

class Scanner {
 public:
  Scanner(std::string_view first, const std::function<void(const FoundString&)>& on_string)
      : on_string_(on_string) {
    for (const char one : first) begins_[static_cast<std::uint8_t>(one)] = true;
  }

  Status Scan(const Content& content, const ElfArea& area) {
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
  void Look(ByteSpan bytes, std::size_t own, bool after_nul, const ElfArea& area,
            std::uint64_t offset) {
    if (after_nul && begins_[bytes[0]]) Found(bytes, 0, area, offset);
    std::size_t at = 1;
    // Eight at once: this loop sees every byte of data of every program.
    for (; at + kWord <= own; at += kWord) {
      std::uint64_t starts = ZeroBytes(WordAt(bytes, at - 1)) & ~ZeroBytes(WordAt(bytes, at));
      for (; starts != 0; starts &= starts - 1) {
        const std::size_t one = at + static_cast<std::size_t>(std::countr_zero(starts)) / 8;
        if (begins_[bytes[one]]) Found(bytes, one, area, offset);
      }
    }
    for (; at < own; ++at) {
      if (bytes[at - 1] == 0 && begins_[bytes[at]]) Found(bytes, at, area, offset);
    }
  }

  void Found(ByteSpan bytes, std::size_t at, const ElfArea& area, std::uint64_t offset) {
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
  for (const ElfArea& area : DataAreas(file)) TRY(scanner.Scan(file.content(), area));
  return {};
}

}  // namespace vallum::scan
