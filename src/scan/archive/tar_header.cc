// SPDX-License-Identifier: Apache-2.0
#include "scan/archive/tar_header.h"

#include <algorithm>
#include <limits>

namespace vallum::scan {
namespace {

struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field kName{0, 100}, kSize{124, 12}, kChecksum{148, 8}, kLink{157, 100}, kMagic{257, 6},
    kPrefix{345, 155};
constexpr std::size_t kType = 156;
constexpr std::size_t kMoreMap = 482;

std::string_view TextOf(ByteSpan block, Field field) {
  const std::string_view text = AsText(block.subspan(field.offset, field.size));
  return text.substr(0, text.find('\0'));
}

Result<std::uint64_t> OctalNumber(std::string_view text) {
  text = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  text = text.substr(0, text.find(' '));
  std::uint64_t value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '7') return InvalidArgument("a tar header holds no octal number");
    if (value > std::numeric_limits<std::uint64_t>::max() >> 3) {
      return InvalidArgument("a number in a tar header is too large");
    }
    value = value * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return value;
}

/// GNU's form for large numbers: the first bit set, the rest big-endian.
Result<std::uint64_t> BinaryNumber(ByteSpan bytes) {
  if (bytes[0] != 0x80) return InvalidArgument("a number in a tar header is negative or too large");
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes.subspan(1)) {
    if (value >> 56 != 0) return InvalidArgument("a number in a tar header is too large");
    value = value << 8 | byte;
  }
  return value;
}

Result<std::uint64_t> NumberOf(ByteSpan block, Field field) {
  const ByteSpan bytes = block.subspan(field.offset, field.size);
  return (bytes[0] & 0x80) != 0 ? BinaryNumber(bytes) : OctalNumber(TextOf(block, field));
}

bool ChecksumIsRight(ByteSpan block) {
  std::uint64_t as_unsigned = 0;
  std::int64_t as_signed = 0;  // what some old programs wrote
  for (std::size_t at = 0; at < kTarBlock; ++at) {
    const bool own = at >= kChecksum.offset && at < kChecksum.offset + kChecksum.size;
    const std::uint8_t byte = own ? ' ' : block[at];
    as_unsigned += byte;
    as_signed += static_cast<std::int8_t>(byte);
  }
  const auto written = OctalNumber(TextOf(block, kChecksum));
  return written && (*written == as_unsigned || static_cast<std::int64_t>(*written) == as_signed);
}

}  // namespace

bool IsTarHeader(ByteSpan block) {
  return block.size() >= kTarBlock && block[kName.offset] != 0 && ChecksumIsRight(block);
}

Result<TarHeader> ParseTarHeader(ByteSpan block) {
  if (block.size() < kTarBlock || !ChecksumIsRight(block)) {
    return InvalidArgument("the checksum of a tar header is wrong");
  }
  TarHeader header;
  header.type = block[kType] == 0 ? '0' : static_cast<char>(block[kType]);
  header.size = TRY(NumberOf(block, kSize));
  header.more_map = header.type == 'S' && block[kMoreMap] != 0;
  header.name = TextOf(block, kName);
  header.link = TextOf(block, kLink);
  const std::string_view prefix = TextOf(block, kPrefix);
  const bool is_posix =
      AsText(block.subspan(kMagic.offset, kMagic.size)) == std::string_view("ustar\0", 6);
  if (is_posix && !prefix.empty()) header.name = std::string(prefix) + "/" + header.name;
  return header;
}

}  // namespace vallum::scan
