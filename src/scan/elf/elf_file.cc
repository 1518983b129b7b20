// SPDX-License-Identifier: Apache-2.0
#include "scan/elf/elf_file.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "scan/content/little_endian.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kMaxHeaders = 65536;
constexpr std::size_t kMaxDynamic = 16384;
constexpr std::size_t kMaxName = 4096;
constexpr std::size_t kMaxNames = 16U << 20;  // of the table of section names

/// One row of a table whose fields have other widths and places in the two classes.
class Row {
 public:
  Row(ByteSpan bytes, bool is_64_bit) : bytes_(bytes), is_64_bit_(is_64_bit) {}
  std::uint16_t Half(std::size_t in_32, std::size_t in_64) const {
    return LittleEndian<std::uint16_t>(bytes_, is_64_bit_ ? in_64 : in_32);
  }
  std::uint32_t Word(std::size_t in_32, std::size_t in_64) const {
    return LittleEndian<std::uint32_t>(bytes_, is_64_bit_ ? in_64 : in_32);
  }
  /// An address, offset or size.
  std::uint64_t Wide(std::size_t in_32, std::size_t in_64) const {
    return is_64_bit_ ? LittleEndian<std::uint64_t>(bytes_, in_64)
                      : LittleEndian<std::uint32_t>(bytes_, in_32);
  }

 private:
  ByteSpan bytes_;
  bool is_64_bit_;
};

Result<Bytes> ReadTable(const Content& content, std::uint64_t offset, std::size_t count,
                        std::size_t row) {
  if (count > kMaxHeaders) return InvalidArgument("an ELF file has too many headers");
  return ReadRange(content, offset, count * row);
}

std::string TextAt(ByteSpan names, std::uint64_t offset) {
  if (offset >= names.size()) return "";
  const std::string_view rest = AsText(names).substr(static_cast<std::size_t>(offset), kMaxName);
  return std::string(rest.substr(0, rest.find('\0')));
}

}  // namespace

/// Where the header says that the tables are.
struct ElfFile::Tables {
  std::uint64_t segments = 0;
  std::size_t segment_count = 0;
  std::uint64_t sections = 0;
  std::size_t section_count = 0;
  std::uint32_t section_names = 0;
};

Result<ElfFile::Tables> ElfFile::ParseHeader() {
  const Bytes ident = TRY(ReadRange(*content_, 0, EI_NIDENT));
  if (!AsText(ident).starts_with(ELFMAG)) return InvalidArgument("it is no ELF file");
  if (ident[EI_DATA] == ELFDATA2MSB) return Unsupported("big-endian ELF files are not read");
  const std::uint8_t file_class = ident[EI_CLASS];
  if (ident[EI_DATA] != ELFDATA2LSB || (file_class != ELFCLASS32 && file_class != ELFCLASS64)) {
    return InvalidArgument("the ELF header is damaged");
  }
  is_64_bit_ = file_class == ELFCLASS64;
  const Bytes bytes =
      TRY(ReadRange(*content_, 0, is_64_bit_ ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)));
  const Row header(bytes, is_64_bit_);
  type_ = header.Half(16, 16);
  machine_ = header.Half(18, 18);
  return Tables{.segments = header.Wide(28, 32),
                .segment_count = header.Half(44, 56),
                .sections = header.Wide(32, 40),
                .section_count = header.Half(48, 60),
                .section_names = header.Half(50, 62)};
}

Status ElfFile::ParseSegments(const Tables& tables) {
  const std::size_t size = is_64_bit_ ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
  const Bytes bytes = TRY(ReadTable(*content_, tables.segments, tables.segment_count, size));
  for (std::size_t at = 0; at + size <= bytes.size(); at += size) {
    const Row row(ByteSpan(bytes).subspan(at, size), is_64_bit_);
    segments_.push_back({.type = row.Word(0, 0),
                         .flags = row.Word(24, 4),
                         .offset = row.Wide(4, 8),
                         .address = row.Wide(8, 16),
                         .size = row.Wide(16, 32)});
  }
  return {};
}

Status ElfFile::ParseSections(const Tables& tables) {
  if (tables.sections == 0) return {};
  const std::size_t size = is_64_bit_ ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
  const Bytes first = TRY(ReadTable(*content_, tables.sections, 1, size));
  const Row zero(first, is_64_bit_);
  // Numbers that do not fit the header stand in the first section header.
  const std::uint64_t count = tables.section_count != 0 ? tables.section_count : zero.Wide(20, 32);
  const std::uint32_t names =
      tables.section_names == SHN_XINDEX ? zero.Word(24, 40) : tables.section_names;
  const Bytes bytes =
      TRY(ReadTable(*content_, tables.sections,
                    static_cast<std::size_t>(std::min<std::uint64_t>(count, kMaxHeaders)), size));
  std::vector<std::uint32_t> name_offsets;
  for (std::size_t at = 0; at + size <= bytes.size(); at += size) {
    const Row row(ByteSpan(bytes).subspan(at, size), is_64_bit_);
    name_offsets.push_back(row.Word(0, 0));
    sections_.push_back({.name = {},
                         .type = row.Word(4, 4),
                         .flags = row.Wide(8, 8),
                         .address = row.Wide(12, 16),
                         .offset = row.Wide(16, 24),
                         .size = row.Wide(20, 32),
                         .link = row.Word(24, 40)});
  }
  return NameSections(names, name_offsets);
}

Status ElfFile::NameSections(std::uint32_t names, std::span<const std::uint32_t> offsets) {
  if (names >= sections_.size()) return InvalidArgument("the ELF sections have no names");
  const ElfSection& table = sections_[names];
  const Bytes text =
      TRY(ReadRange(*content_, table.offset,
                    static_cast<std::size_t>(std::min<std::uint64_t>(table.size, kMaxNames))));
  for (std::size_t at = 0; at < sections_.size(); ++at)
    sections_[at].name = TextAt(text, offsets[at]);
  return {};
}

std::optional<std::uint64_t> ElfFile::OffsetOf(std::uint64_t address) const {
  for (const ElfSegment& segment : segments_) {
    if (segment.type != PT_LOAD || address < segment.address) continue;
    const std::uint64_t inside = address - segment.address;
    if (inside < segment.size && segment.offset <= content_->size()) return segment.offset + inside;
  }
  return std::nullopt;
}

/// Files with debugging information alone have such segments too, and their section headers, which stand
/// at the end.
bool ElfFile::IsCut() const {
  return std::any_of(segments_.begin(), segments_.end(), [this](const ElfSegment& one) {
    return one.type == PT_LOAD &&
           (one.offset > content_->size() || one.size > content_->size() - one.offset);
  });
}

Result<std::string> ElfFile::DynamicString(std::uint64_t offset) const {
  const auto at = OffsetOf(dynamic_.strings);
  if (!at || offset >= dynamic_.strings_size) {
    return InvalidArgument("the dynamic section points outside of its strings");
  }
  return TextAt(TRY(ReadUpTo(*content_, *at + offset, kMaxName)), 0);
}

Status ElfFile::ParseDynamic() {
  const auto found = std::find_if(segments_.begin(), segments_.end(),
                                  [](const ElfSegment& one) { return one.type == PT_DYNAMIC; });
  if (found == segments_.end()) return {};
  has_dynamic_ = true;
  const std::size_t size = is_64_bit_ ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
  const Bytes bytes = TRY(
      ReadUpTo(*content_, found->offset,
               static_cast<std::size_t>(std::min<std::uint64_t>(found->size, kMaxDynamic * size))));
  std::vector<std::uint64_t> needed;
  std::optional<std::uint64_t> soname;
  for (std::size_t at = 0; at + size <= bytes.size(); at += size) {
    const Row row(ByteSpan(bytes).subspan(at, size), is_64_bit_);
    const std::uint64_t tag = row.Wide(0, 0), value = row.Wide(4, 8);
    if (tag == DT_NULL) break;
    if (tag == DT_NEEDED) needed.push_back(value);
    if (tag == DT_SONAME) soname = value;
    if (tag == DT_SYMTAB) dynamic_.symbols = value;
    if (tag == DT_STRTAB) dynamic_.strings = value;
    if (tag == DT_STRSZ) dynamic_.strings_size = value;
    if (tag == DT_HASH) dynamic_.hash = value;
    if (tag == DT_GNU_HASH) dynamic_.gnu_hash = value;
  }
  for (const std::uint64_t offset : needed) dynamic_.needed.push_back(TRY(DynamicString(offset)));
  if (soname) dynamic_.soname = TRY(DynamicString(*soname));
  return {};
}

const ElfSection* ElfFile::Section(std::string_view name) const {
  const auto found = std::find_if(sections_.begin(), sections_.end(),
                                  [name](const ElfSection& one) { return one.name == name; });
  return found == sections_.end() ? nullptr : &*found;
}

Result<ElfFile> ElfFile::Parse(ContentPtr content) {
  ElfFile file(std::move(content));
  const Tables tables = TRY(file.ParseHeader());
  TRY(file.ParseSegments(tables));
  TRY(file.ParseDynamic());
  if (!file.ParseSections(tables)) {
    file.sections_.clear();
    file.sections_are_damaged_ = true;
  }
  if (file.sections_.empty() && file.IsCut()) {
    return InvalidArgument("the ELF file ends before what the loader would read");
  }
  return file;
}

std::string MachineName(std::uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "aarch64";
    case EM_386:
      return "i386";
    case EM_ARM:
      return "arm";
    case EM_RISCV:
      return "riscv";
    case EM_PPC64:
      return "ppc64";
    default:
      return fmt::format("machine {}", machine);
  }
}

}  // namespace vallum::scan
