// SPDX-License-Identifier: Apache-2.0
#include "scan/archive/zip_directory.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "scan/content/little_endian.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kEndMark = "PK\x05\x06", kLocatorMark = "PK\x06\x07",
                           kEnd64Mark = "PK\x06\x06", kRecordMark = "PK\x01\x02";
constexpr std::size_t kEndSize = 22, kLocatorSize = 20, kEnd64Size = 56, kRecordSize = 46;
constexpr std::size_t kMaxComment = 65535;
constexpr std::uint32_t kSeeZip64 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint16_t kZip64Field = 1;

Error Damaged() { return InvalidArgument("the zip directory is damaged"); }

/// The Zip64 end record that a locator before the end record points to; nothing without a locator.
Result<std::optional<ZipDirectory>> FindZip64(const Content& content, std::uint64_t end) {
  if (end < kLocatorSize) return std::optional<ZipDirectory>();
  const Bytes locator = TRY(ReadRange(content, end - kLocatorSize, kLocatorSize));
  if (!AsText(locator).starts_with(kLocatorMark)) return std::optional<ZipDirectory>();
  const auto at = LittleEndian<std::uint64_t>(locator, 8);
  const Bytes record = TRY(ReadRange(content, at, kEnd64Size));
  if (!AsText(record).starts_with(kEnd64Mark)) return Damaged();
  ZipDirectory found;
  found.entries = LittleEndian<std::uint64_t>(record, 32);
  found.size = LittleEndian<std::uint64_t>(record, 40);
  found.offset = LittleEndian<std::uint64_t>(record, 48);
  return std::optional(found);
}

/// Zip64's numbers stand in an extra field, in this order, each only where the record has all ones.
Status ApplyZip64(ByteSpan extra, std::uint32_t size, std::uint32_t packed, std::uint32_t header,
                  ZipRecord& record) {
  while (extra.size() >= 4) {
    const auto id = LittleEndian<std::uint16_t>(extra, 0);
    const std::size_t length = LittleEndian<std::uint16_t>(extra, 2);
    if (length > extra.size() - 4) return {};  // not ours to judge: jar tools write such fields
    ByteSpan field = extra.subspan(4, length);
    extra = extra.subspan(4 + length);
    if (id != kZip64Field) continue;
    for (auto [narrow, wide] : {std::pair(size, &record.size), std::pair(packed, &record.packed),
                                std::pair(header, &record.header)}) {
      if (narrow != kSeeZip64) continue;
      if (field.size() < 8) return Damaged();
      *wide = LittleEndian<std::uint64_t>(field, 0);
      field = field.subspan(8);
    }
  }
  return {};
}

}  // namespace

Result<ZipDirectory> FindZipDirectory(const Content& content) {
  const std::uint64_t tail_size = std::min<std::uint64_t>(content.size(), kEndSize + kMaxComment);
  const std::uint64_t tail_at = content.size() - tail_size;
  const Bytes tail = TRY(ReadRange(content, tail_at, static_cast<std::size_t>(tail_size)));
  const std::size_t mark = AsText(tail).rfind(kEndMark);
  if (mark == std::string_view::npos || tail.size() - mark < kEndSize) {
    return InvalidArgument("the zip archive has no directory; it is cut off or no zip archive");
  }
  const ByteSpan end = ByteSpan(tail).subspan(mark);
  ZipDirectory found;
  found.entries = LittleEndian<std::uint16_t>(end, 10);
  found.size = LittleEndian<std::uint32_t>(end, 12);
  found.offset = LittleEndian<std::uint32_t>(end, 16);
  const std::uint64_t end_at = tail_at + mark;
  const auto zip64 = TRY(FindZip64(content, end_at));
  if (zip64) found = *zip64;
  if (found.size > end_at || found.offset > end_at - found.size) return Damaged();
  if (!zip64) {
    found.shift = end_at - found.size - found.offset;
    found.offset += found.shift;
  }
  return found;
}

Result<ZipRecord> ParseZipRecord(ByteSpan& rest, std::uint64_t shift) {
  if (rest.size() < kRecordSize || !AsText(rest).starts_with(kRecordMark)) return Damaged();
  const std::size_t name_size = LittleEndian<std::uint16_t>(rest, 28);
  const std::size_t extra_size = LittleEndian<std::uint16_t>(rest, 30);
  const std::size_t comment_size = LittleEndian<std::uint16_t>(rest, 32);
  if (rest.size() - kRecordSize < name_size + extra_size + comment_size) return Damaged();
  const auto packed = LittleEndian<std::uint32_t>(rest, 20);
  const auto size = LittleEndian<std::uint32_t>(rest, 24);
  const auto header = LittleEndian<std::uint32_t>(rest, 42);
  ZipRecord record;
  record.flags = LittleEndian<std::uint16_t>(rest, 8);
  record.method = LittleEndian<std::uint16_t>(rest, 10);
  record.packed = packed;
  record.size = size;
  record.header = header;
  record.name = AsText(rest.subspan(kRecordSize, name_size));
  TRY(ApplyZip64(rest.subspan(kRecordSize + name_size, extra_size), size, packed, header, record));
  if (record.header > std::numeric_limits<std::uint64_t>::max() - shift) return Damaged();
  record.header += shift;
  rest = rest.subspan(kRecordSize + name_size + extra_size + comment_size);
  return record;
}

}  // namespace vallum::scan
