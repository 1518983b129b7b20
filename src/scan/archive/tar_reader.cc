// SPDX-License-Identifier: Apache-2.0
#include "scan/archive/tar_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "scan/archive/pax.h"

namespace vallum::scan {
namespace {

constexpr std::uint64_t kMaxText = 1U << 20;  // of a pax header or a long name
constexpr std::uint64_t kMaxSize = 1ULL << 62;
constexpr std::size_t kMapGoesOn = 504;

std::uint64_t PaddingOf(std::uint64_t size) { return (kTarBlock - size % kTarBlock) % kTarBlock; }

TarType TypeOf(char type) {
  switch (type) {
    case '0':
    case '7':  // contiguous
      return TarType::kFile;
    case '1':
      return TarType::kHardLink;
    case '2':
      return TarType::kSymbolicLink;
    case '3':
    case '4':
    case '6':
      return TarType::kSpecial;
    case '5':
    case 'D':  // GNU: a folder with a list of names
      return TarType::kFolder;
    case 'S':
      return TarType::kSparse;
    default:
      return TarType::kOther;
  }
}

bool HasBytes(TarType type) {
  return type == TarType::kFile || type == TarType::kSparse || type == TarType::kOther;
}

}  // namespace

/// What the headers before an entry say about it.
struct TarReader::Extension {
  PaxFields pax;
  std::optional<std::string> long_name;
  std::optional<std::string> long_link;
};

Result<std::optional<TarHeader>> TarReader::ReadHeader() {
  std::array<std::uint8_t, kTarBlock> block;
  for (int empty = 0; empty < 2; ++empty) {
    const std::size_t got = TRY(ReadFull(*stream_, block));
    if (got == 0) return std::optional<TarHeader>();
    if (got < kTarBlock) return InvalidArgument("the tar archive ends within a header");
    if (std::any_of(block.begin(), block.end(), [](std::uint8_t byte) { return byte != 0; })) {
      return std::optional(TRY(ParseTarHeader(block)));
    }
  }
  return std::optional<TarHeader>();
}

Status TarReader::SkipSparseMap() {
  std::array<std::uint8_t, kTarBlock> block;
  do {
    if (TRY(ReadFull(*stream_, block)) < kTarBlock) {
      return InvalidArgument("the tar archive ends within a sparse map");
    }
  } while (block[kMapGoesOn] != 0);
  return {};
}

Result<std::string> TarReader::ReadText(std::uint64_t size) {
  if (size > kMaxText) return ResourceExhausted("a tar header claims a name of more than 1 MiB");
  std::string text(static_cast<std::size_t>(size), '\0');
  const MutableByteSpan bytes(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
  if (TRY(ReadFull(*stream_, bytes)) < text.size()) {
    return InvalidArgument("the tar archive ends within a header");
  }
  TRY(stream_->Skip(PaddingOf(size)));
  return text;
}

Status TarReader::Extend(const TarHeader& header, Extension& extension) {
  std::string text = TRY(ReadText(header.size));
  if (header.type == 'x') return ParsePax(text, extension.pax);
  if (header.type == 'g')
    return {};  // comments; what it may say of names is for all and so for none
  text.resize(std::min(text.find('\0'), text.size()));
  (header.type == 'L' ? extension.long_name : extension.long_link) = std::move(text);
  return {};
}

Result<TarEntry> TarReader::ToEntry(TarHeader header, Extension extension) {
  const PaxFields& pax = extension.pax;
  TarEntry entry;
  entry.type = TypeOf(header.type);
  if (pax.sparse && entry.type == TarType::kFile) entry.type = TarType::kSparse;
  entry.size = pax.size.value_or(header.size);
  if (entry.size > kMaxSize) return InvalidArgument("a tar entry claims an impossible size");
  if (!HasBytes(entry.type)) entry.size = 0;
  const std::string name =
      pax.sparse_name.value_or(pax.path.value_or(extension.long_name.value_or(header.name)));
  if (entry.type == TarType::kFile && name.ends_with('/')) entry.type = TarType::kFolder;
  entry.path = TRY(ToInnerPath(name, budget_.limits()));
  entry.link = pax.link.value_or(extension.long_link.value_or(header.link));
  left_ = entry.size;
  padding_ = PaddingOf(entry.size);
  return entry;
}

Result<std::optional<TarEntry>> TarReader::Next() {
  TRY(stream_->Skip(left_));
  TRY(stream_->Skip(padding_));
  left_ = padding_ = 0;
  Extension extension;
  while (true) {
    TRY(budget_.Entry());
    auto header = TRY(ReadHeader());
    if (!header) return std::optional<TarEntry>();
    if (header->more_map) TRY(SkipSparseMap());
    if (std::string_view("xgLK").find(header->type) == std::string_view::npos) {
      return std::optional(TRY(ToEntry(std::move(*header), std::move(extension))));
    }
    TRY(Extend(*header, extension));
  }
}

Result<ContentPtr> TarReader::Body(const TarEntry& entry, const Wanted& wanted,
                                   const Scratch& scratch) {
  Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(left_, kHeadBytes)));
  if (TRY(ReadFull(*stream_, head)) < head.size()) {
    return InvalidArgument("the tar archive ends within an entry");
  }
  left_ = entry.size - head.size();
  if (!wanted(head)) return ContentPtr();
  const std::uint64_t rest = std::exchange(left_, 0);
  return stream_->Take(head, rest, scratch);
}

}  // namespace vallum::scan
