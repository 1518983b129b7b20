// SPDX-License-Identifier: Apache-2.0
#include "scan/archive/zip_reader.h"

#include <algorithm>
#include <array>

#include "scan/content/decompress.h"
#include "scan/content/little_endian.h"

namespace vallum::scan {
namespace {

constexpr std::uint64_t kMaxDirectory = 256U << 20;
constexpr std::size_t kLocalSize = 30;
constexpr std::string_view kLocalMark = "PK\x03\x04";
constexpr std::uint16_t kEncrypted = 1;
constexpr std::uint16_t kStored = 0, kDeflated = 8;

/// Where the entry's bytes begin. Its local header may have another extra field than the directory.
Result<std::uint64_t> DataOffset(const Content& content, const ZipRecord& record) {
  const Bytes local = TRY(ReadRange(content, record.header, kLocalSize));
  if (!AsText(local).starts_with(kLocalMark)) {
    return InvalidArgument("the zip directory points to no entry");
  }
  return record.header + kLocalSize + LittleEndian<std::uint16_t>(local, 26) +
         LittleEndian<std::uint16_t>(local, 28);
}

Error LargerThanTheDirectorySays() {
  return InvalidArgument("a zip entry is larger than the directory says");
}

}  // namespace

ZipReader::ZipReader(ContentPtr content, Budget& budget, ZipDirectory directory, Bytes records)
    : content_(std::move(content)),
      budget_(budget),
      directory_(directory),
      records_(std::move(records)),
      rest_(records_) {}

Result<ZipReader> ZipReader::Open(ContentPtr content, Budget& budget) {
  const ZipDirectory directory = TRY(FindZipDirectory(*content));
  if (directory.size > kMaxDirectory) {
    return ResourceExhausted("the zip directory is larger than 256 MiB");
  }
  Bytes records =
      TRY(ReadRange(*content, directory.offset, static_cast<std::size_t>(directory.size)));
  return ZipReader(std::move(content), budget, directory, std::move(records));
}

Result<std::optional<ZipEntry>> ZipReader::Next() {
  if (rest_.empty()) return std::optional<ZipEntry>();
  TRY(budget_.Entry());
  auto record = ParseZipRecord(rest_, directory_.shift);
  if (!record) return Integrity("the zip directory is damaged");
  ZipEntry entry;
  entry.path = TRY(ToInnerPath(record->name, budget_.limits()));
  entry.is_folder = record->name.ends_with('/');
  entry.record = *std::move(record);
  return std::optional(std::move(entry));
}

Result<ByteStreamPtr> ZipReader::Open(const ZipRecord& record) {
  if ((record.flags & kEncrypted) != 0) return Unsupported("the zip entry is encrypted");
  if (record.packed > content_->size() - std::min(packed_, content_->size())) {
    return ResourceExhausted("the entries of the zip archive overlap; taken for an archive bomb");
  }
  packed_ += record.packed;
  const std::uint64_t offset = TRY(DataOffset(*content_, record));
  if (offset > content_->size() || record.packed > content_->size() - offset) {
    return InvalidArgument("a zip entry ends past the archive");
  }
  auto packed = StreamOf(RangeContent(content_, offset, record.packed));
  if (record.method == kDeflated) {
    return Decompress(Compression::kDeflate, std::move(packed), budget_);
  }
  if (record.method != kStored) return Unsupported("the zip entry is packed in an unknown way");
  if (record.packed != record.size) {
    return InvalidArgument("a zip entry is of another size than the directory says");
  }
  return packed;
}

Result<ContentPtr> ZipReader::Body(const ZipEntry& entry, const Wanted& wanted,
                                   const Scratch& scratch) {
  const std::uint64_t size = entry.record.size;
  const ByteStreamPtr stream = TRY(Open(entry.record));
  std::array<std::uint8_t, kHeadBytes> buffer;
  const std::size_t got = TRY(ReadFull(*stream, buffer));
  if (got > size) return LargerThanTheDirectorySays();
  if (got < std::min<std::uint64_t>(size, kHeadBytes)) {
    return InvalidArgument("a zip entry is smaller than the directory says");
  }
  const ByteSpan head = ByteSpan(buffer).first(got);
  if (!wanted(head)) return ContentPtr();
  ContentPtr content = TRY(stream->Take(head, size - got, scratch));
  std::uint8_t more = 0;
  if (TRY(stream->Read({&more, 1})) != 0) return LargerThanTheDirectorySays();
  return content;
}

}  // namespace vallum::scan
