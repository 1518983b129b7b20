// SPDX-License-Identifier: Apache-2.0
#include "module/integrity_extent.h"

#include <bit>
#include <cstddef>
#include <cstring>

namespace vallum::module {
namespace {

constexpr std::size_t kMostHeaders = 64;
constexpr std::array<std::uint8_t, 8> kZeros{};

Error NotCovered(const char* why) {
  return Integrity(std::string("this object cannot be covered by the integrity test: ") + why);
}

bool IsOurKindOfElf(const Elf64_Ehdr& header) {
  constexpr unsigned char kOrder =
      std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_ident[EI_DATA] == kOrder &&
         header.e_type == ET_DYN && header.e_phentsize == sizeof(Elf64_Phdr);
}

// Requirement: strip-safe
Status CheckSegment(const Elf64_Phdr& header, std::uint64_t end_of_last) {
  const bool writable = (header.p_flags & PF_W) != 0;
  if (writable && (header.p_flags & PF_X) != 0) {
    return NotCovered("a segment is writable and executable");
  }
  if (header.p_filesz > header.p_memsz || (!writable && header.p_filesz != header.p_memsz)) {
    return NotCovered("a segment differs in size between file and memory");
  }
  if (header.p_vaddr < end_of_last || header.p_memsz > UINT64_MAX - header.p_vaddr ||
      header.p_filesz > UINT64_MAX - header.p_offset) {
    return NotCovered("its segments overlap or are out of order");
  }
  return {};
}

}  // namespace

Result<std::vector<Elf64_Phdr>> ReadProgramHeaders(ByteSpan file) {
  Elf64_Ehdr header;
  if (file.size() < sizeof header) return NotCovered("it is no ELF file");
  std::memcpy(&header, file.data(), sizeof header);
  if (!IsOurKindOfElf(header)) {
    return NotCovered("it is no 64-bit ELF shared object of this machine");
  }
  const std::size_t bytes = std::size_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (header.e_phnum == 0 || header.e_phnum > kMostHeaders || header.e_phoff > file.size() ||
      bytes > file.size() - header.e_phoff) {
    return NotCovered("its program headers are not inside the file");
  }
  std::vector<Elf64_Phdr> headers(header.e_phnum);
  std::memcpy(headers.data(), file.data() + header.e_phoff, bytes);
  return headers;
}

Result<std::vector<Extent>> ExtentsOf(std::span<const Elf64_Phdr> headers) {
  std::vector<Extent> extents;
  std::uint64_t end = 0;
  for (const Elf64_Phdr& header : headers) {
    if (header.p_type != PT_LOAD) continue;
    TRY(CheckSegment(header, end));
    end = header.p_vaddr + header.p_memsz;
    if ((header.p_flags & PF_W) != 0) continue;
    if (header.p_offset == 0 && header.p_filesz < sizeof(Elf64_Ehdr)) {
      return NotCovered("a segment ends inside the ELF header");
    }
    extents.push_back({header.p_offset, header.p_vaddr, header.p_filesz, header.p_flags});
  }
  if (extents.empty() || extents.front().offset != 0) {
    return NotCovered("its ELF header is not in a read-only segment");
  }
  return extents;
}

CoveredSegment::CoveredSegment(const Extent& extent, ByteSpan bytes)
    : extent_(extent), bytes_(bytes) {
  Bytes label;
  AppendBe64(label, extent.address);
  AppendBe64(label, extent.size);
  AppendBe32(label, extent.flags);
  std::memcpy(label_.data(), label.data(), label_.size());
}

std::vector<ByteSpan> CoveredSegment::Pieces() const {
  if (extent_.offset != 0) return {label_, bytes_};
  constexpr std::size_t kTable = offsetof(Elf64_Ehdr, e_shoff);
  constexpr std::size_t kAfterTable = kTable + sizeof(Elf64_Ehdr::e_shoff);
  constexpr std::size_t kCount = offsetof(Elf64_Ehdr, e_shnum);
  static_assert(kCount + 4 == sizeof(Elf64_Ehdr), "e_shnum and e_shstrndx end the header");
  const ByteSpan zeros(kZeros);
  return {label_,
          bytes_.first(kTable),
          zeros.first(kAfterTable - kTable),
          bytes_.subspan(kAfterTable, kCount - kAfterTable),
          zeros.first(4),
          bytes_.subspan(sizeof(Elf64_Ehdr))};
}

Result<std::vector<CoveredSegment>> CoveredSegmentsOf(ByteSpan file) {
  std::vector<CoveredSegment> segments;
  for (const Extent& extent : TRY(ExtentsOf(TRY(ReadProgramHeaders(file))))) {
    if (extent.offset > file.size() || extent.size > file.size() - extent.offset) {
      return NotCovered("a segment is not inside the file");
    }
    segments.emplace_back(extent, file.subspan(extent.offset, extent.size));
  }
  return segments;
}

}  // namespace vallum::module
