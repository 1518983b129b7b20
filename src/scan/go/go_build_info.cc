// SPDX-License-Identifier: Apache-2.0
// The magic is 14 bytes, on a 16-byte boundary, in a header of 32 bytes: [14] pointer size, [15] flags.
#include "scan/go/go_build_info.h"

#include <elf.h>

#include <algorithm>

#include "scan/content/little_endian.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kMagic = "\xff Go buildinf:";
constexpr std::size_t kHeader = 32, kAlign = 16, kFlags = 15, kPointerSize = 14;
constexpr std::uint8_t kBigEndian = 1, kInline = 2;
constexpr std::size_t kMaxText = 4U << 20;
constexpr std::size_t kChunk = 64U << 10;
constexpr std::uint64_t kMaxSearch = 64U << 20;
constexpr std::size_t kMarker = 16;  // random bytes at both ends of the module text

Error Damaged() { return InvalidArgument("the Go build information is damaged"); }

Result<std::optional<std::uint64_t>> FindIn(const Content& content, std::uint64_t offset,
                                            std::uint64_t size) {
  // Headers may name places near the end of all numbers, which would never be reached.
  if (offset >= content.size()) return std::optional<std::uint64_t>();
  const std::uint64_t end = offset + std::min({size, kMaxSearch, content.size() - offset});
  // Longer than a part, so that a header across two parts is whole in the first.
  Bytes buffer(kChunk + kHeader - kAlign);
  for (std::uint64_t at = offset; at < end; at += kChunk) {
    const std::uint64_t want = std::min<std::uint64_t>(buffer.size(), end - at);
    const MutableByteSpan wanted = MutableByteSpan(buffer).first(static_cast<std::size_t>(want));
    const std::string_view text = AsText(wanted.first(TRY(content.ReadAt(at, wanted))));
    for (std::size_t one = 0; one + kHeader <= text.size(); one += kAlign) {
      if (text[one] == kMagic[0] && text.substr(one).starts_with(kMagic)) {
        return std::optional(at + one);
      }
    }
  }
  return std::optional<std::uint64_t>();
}

/// Where the header stands: in its own section, or without sections in the first writable segment.
Result<std::optional<std::uint64_t>> FindHeader(const ElfFile& file) {
  if (const ElfSection* section = file.Section(".go.buildinfo")) {
    return FindIn(file.content(), section->offset, section->size);
  }
  for (const ElfSegment& segment : file.segments()) {
    if (segment.type != PT_LOAD || (segment.flags & PF_W) == 0) continue;
    const auto found = TRY(FindIn(file.content(), segment.offset, segment.size));
    if (found) return found;
  }
  return std::optional<std::uint64_t>();
}

/// A length as an unsigned LEB128 and so many bytes, taken off the front.
Result<std::string> TakeText(std::string_view& rest) {
  std::uint64_t size = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (rest.empty() || shift > 28) return Damaged();
    const auto byte = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    size |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) break;
  }
  if (size > rest.size()) return Damaged();
  const std::string text(rest.substr(0, static_cast<std::size_t>(size)));
  rest.remove_prefix(text.size());
  return text;
}

/// A Go string by the address of its header: a pointer and a length.
Result<std::string> TextAt(const ElfFile& file, std::uint64_t address, std::size_t pointer) {
  const auto number = [pointer](ByteSpan bytes, std::size_t at) -> std::uint64_t {
    return pointer == 8 ? LittleEndian<std::uint64_t>(bytes, at)
                        : LittleEndian<std::uint32_t>(bytes, at);
  };
  const auto header_at = file.OffsetOf(address);
  if (!header_at) return Damaged();
  const Bytes header = TRY(ReadRange(file.content(), *header_at, 2 * pointer));
  const std::uint64_t size = number(header, pointer);
  const auto text_at = file.OffsetOf(number(header, 0));
  if (size == 0) return std::string();
  if (!text_at || size > kMaxText) return Damaged();
  return std::string(
      AsText(TRY(ReadRange(file.content(), *text_at, static_cast<std::size_t>(size)))));
}

void ParseModuleText(std::string_view text, GoBuildInfo& info) {
  if (text.size() <= 2 * kMarker || text[text.size() - kMarker - 1] != '\n') return;
  text = text.substr(kMarker, text.size() - 2 * kMarker);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with("path\t")) info.path = line.substr(5);
    const std::size_t equals = line.find('=');
    if (!line.starts_with("build\t") || equals == std::string_view::npos) continue;
    std::string_view value = line.substr(equals + 1);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    info.settings[std::string(line.substr(6, equals - 6))] = value;
  }
}

}  // namespace

std::string_view GoBuildInfo::Setting(std::string_view name) const {
  const auto found = settings.find(name);
  return found == settings.end() ? std::string_view() : found->second;
}

Result<std::optional<GoBuildInfo>> FindGoBuildInfo(const ElfFile& file) {
  const auto at = TRY(FindHeader(file));
  if (!at) return std::optional<GoBuildInfo>();
  const Bytes bytes = TRY(ReadUpTo(file.content(), *at, kHeader + kMaxText));
  GoBuildInfo info;
  std::string module_text;
  if ((bytes[kFlags] & kInline) != 0) {
    std::string_view rest = AsText(bytes).substr(kHeader);
    info.version = TRY(TakeText(rest));
    module_text = TRY(TakeText(rest));
  } else {
    const std::size_t pointer = bytes[kPointerSize];
    if ((bytes[kFlags] & kBigEndian) != 0 || (pointer != 4 && pointer != 8)) return Damaged();
    const auto address = [&](std::size_t from) -> std::uint64_t {
      return pointer == 8 ? LittleEndian<std::uint64_t>(bytes, from)
                          : LittleEndian<std::uint32_t>(bytes, from);
    };
    info.version = TRY(TextAt(file, address(kAlign), pointer));
    module_text = TRY(TextAt(file, address(kAlign + pointer), pointer));
  }
  ParseModuleText(module_text, info);
  return std::optional(std::move(info));
}

}  // namespace vallum::scan
