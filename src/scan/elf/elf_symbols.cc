// SPDX-License-Identifier: Apache-2.0
#include "scan/elf/elf_symbols.h"

#include <elf.h>

#include <algorithm>

#include "scan/content/little_endian.h"

namespace vallum::scan {
namespace {

constexpr std::uint64_t kMaxSymbols = 4'000'000;
constexpr std::uint64_t kMaxStrings = 256ULL << 20;
constexpr std::size_t kRowsAtOnce = 8192;
constexpr std::size_t kMaxName = 1024;  // longer names are cut: no marker is that long
constexpr std::uint32_t kMaxBuckets = 1U << 22;

struct Table {
  std::uint64_t offset = 0;
  std::uint64_t count = 0;
  std::uint64_t strings = 0;
  std::uint64_t strings_size = 0;
};

std::size_t SymbolSize(const ElfFile& file) {
  return file.is_64_bit() ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

/// GNU's hash table does not say how many symbols there are: the last chain's end does.
Result<std::uint64_t> CountByGnuHash(const ElfFile& file, std::uint64_t at) {
  const Bytes header = TRY(ReadRange(file.content(), at, 16));
  const auto buckets = LittleEndian<std::uint32_t>(header, 0);
  const auto first = LittleEndian<std::uint32_t>(header, 4);
  const auto bloom = LittleEndian<std::uint32_t>(header, 8);
  if (buckets > kMaxBuckets || bloom > kMaxBuckets)
    return InvalidArgument("the ELF hash is damaged");
  const std::uint64_t bucket_at = at + 16 + std::uint64_t{bloom} * (file.is_64_bit() ? 8 : 4);
  const Bytes table = TRY(ReadRange(file.content(), bucket_at, std::size_t{buckets} * 4));
  std::uint32_t last = 0;
  for (std::size_t one = 0; one < table.size(); one += 4) {
    last = std::max(last, LittleEndian<std::uint32_t>(table, one));
  }
  if (last < first) return std::uint64_t{first};
  const std::uint64_t chains = bucket_at + std::uint64_t{buckets} * 4;
  for (std::uint64_t symbol = last; symbol < kMaxSymbols; ++symbol) {
    const Bytes link = TRY(ReadRange(file.content(), chains + (symbol - first) * 4, 4));
    if ((link[0] & 1) != 0) return symbol + 1;
  }
  return ResourceExhausted("an ELF file has more than four million symbols");
}

Result<std::uint64_t> CountDynamic(const ElfFile& file) {
  const ElfDynamic& dynamic = file.dynamic();
  if (const auto at = file.OffsetOf(dynamic.hash); dynamic.hash != 0 && at) {
    return LittleEndian<std::uint32_t>(TRY(ReadRange(file.content(), *at, 8)), 4);
  }
  if (const auto at = file.OffsetOf(dynamic.gnu_hash); dynamic.gnu_hash != 0 && at) {
    return CountByGnuHash(file, *at);
  }
  // Without a hash the linker's habit helps: the strings follow the symbols.
  if (dynamic.strings <= dynamic.symbols) return std::uint64_t{0};
  return (dynamic.strings - dynamic.symbols) / SymbolSize(file);
}

Status ReadNames(const ElfFile& file, const Table& table,
                 const std::function<void(const ElfSymbol&)>& on_symbol) {
  if (table.count > kMaxSymbols || table.strings_size > kMaxStrings) {
    return ResourceExhausted("an ELF file has more than four million symbols or 256 MiB of names");
  }
  const Bytes strings =
      TRY(ReadRange(file.content(), table.strings, static_cast<std::size_t>(table.strings_size)));
  const std::size_t row = SymbolSize(file);
  const std::size_t section_at = file.is_64_bit() ? 6 : 14;
  for (std::uint64_t done = 0; done < table.count; done += kRowsAtOnce) {
    const std::uint64_t count = std::min<std::uint64_t>(kRowsAtOnce, table.count - done);
    const Bytes rows = TRY(ReadRange(file.content(), table.offset + done * row,
                                     static_cast<std::size_t>(count) * row));
    for (std::size_t at = 0; at < rows.size(); at += row) {
      const auto name = LittleEndian<std::uint32_t>(rows, at);
      if (name == 0 || name >= strings.size()) continue;
      const std::string_view rest = AsText(strings).substr(name, kMaxName);
      on_symbol({.name = rest.substr(0, rest.find('\0')),
                 .defined = LittleEndian<std::uint16_t>(rows, at + section_at) != SHN_UNDEF});
    }
  }
  return {};
}

Status DynamicSymbols(const ElfFile& file, const std::function<void(const ElfSymbol&)>& on_symbol) {
  const ElfDynamic& dynamic = file.dynamic();
  const auto symbols = file.OffsetOf(dynamic.symbols);
  const auto strings = file.OffsetOf(dynamic.strings);
  if (!file.is_dynamic() || dynamic.symbols == 0) return {};
  if (!symbols || !strings) return InvalidArgument("the dynamic symbols lie outside of the file");
  return ReadNames(file,
                   {.offset = *symbols,
                    .count = TRY(CountDynamic(file)),
                    .strings = *strings,
                    .strings_size = dynamic.strings_size},
                   on_symbol);
}

}  // namespace

Status ForEachSymbol(const ElfFile& file, const std::function<void(const ElfSymbol&)>& on_symbol,
                     SymbolTables tables) {
  TRY(DynamicSymbols(file, on_symbol));
  if (tables == SymbolTables::kDynamic) return {};
  for (const ElfSection& section : file.sections()) {
    if (section.type != SHT_SYMTAB) continue;
    if (section.link >= file.sections().size())
      return InvalidArgument("the ELF symbols have no names");
    const ElfSection& strings = file.sections()[section.link];
    TRY(ReadNames(file,
                  {.offset = section.offset,
                   .count = section.size / SymbolSize(file),
                   .strings = strings.offset,
                   .strings_size = strings.size},
                  on_symbol));
  }
  return {};
}

}  // namespace vallum::scan
