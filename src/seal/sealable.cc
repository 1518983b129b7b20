// SPDX-License-Identifier: Apache-2.0
#include "seal/sealable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace vallum::seal {
namespace {

constexpr std::uint32_t kIrelativeX86 = 37;      // R_X86_64_IRELATIVE
constexpr std::uint32_t kIrelativeArm64 = 1032;  // R_AARCH64_IRELATIVE

Error Refused(const ObjectFile& object, std::string_view why) {
  return Unsupported(fmt::format("{} cannot be sealed: {}", object.path.string(), why));
}

const Elf64_Phdr* FindHeader(const ObjectFile& object, std::uint32_t type) {
  const auto found = std::ranges::find(object.headers, type, &Elf64_Phdr::p_type);
  return found == object.headers.end() ? nullptr : &*found;
}

template <typename T>
Result<std::vector<T>> Table(const ObjectFile& object, std::uint64_t address, std::uint64_t size) {
  const ByteSpan bytes = TRY(BytesAt(object, address, size));
  std::vector<T> table(bytes.size() / sizeof(T));
  if (!table.empty()) std::memcpy(table.data(), bytes.data(), table.size() * sizeof(T));
  return table;
}

using Tags = std::map<std::int64_t, std::uint64_t>;

Result<Tags> ReadDynamic(const ObjectFile& object) {
  const Elf64_Phdr* header = FindHeader(object, PT_DYNAMIC);
  if (header == nullptr) return Refused(object, "it is not dynamically linked");
  Tags tags;
  for (const Elf64_Dyn& entry : TRY(Table<Elf64_Dyn>(object, header->p_vaddr, header->p_filesz))) {
    if (entry.d_tag == DT_NULL) break;
    tags[entry.d_tag] = entry.d_un.d_val;
  }
  return tags;
}

std::uint64_t Value(const Tags& tags, std::int64_t tag) {
  const auto found = tags.find(tag);
  return found == tags.end() ? 0 : found->second;
}

Status CheckFlags(const ObjectFile& object, const Tags& tags) {
  if (tags.contains(DT_TEXTREL) || (Value(tags, DT_FLAGS) & DF_TEXTREL) != 0) {
    return Refused(object, "it has text relocations; link it with -z text");
  }
  const bool now = tags.contains(DT_BIND_NOW) || (Value(tags, DT_FLAGS) & DF_BIND_NOW) != 0 ||
                   (Value(tags, DT_FLAGS_1) & DF_1_NOW) != 0;
  if (!now || FindHeader(object, PT_GNU_RELRO) == nullptr) {
    return Refused(object, "its tables of addresses stay writable; link it with -z relro -z now");
  }
  const Elf64_Phdr* stack = FindHeader(object, PT_GNU_STACK);
  if (stack == nullptr || (stack->p_flags & PF_X) != 0) {
    return Refused(object, "it wants an executable stack; link it with -z noexecstack");
  }
  return {};
}

Result<bool> IsDefinedIfunc(const ObjectFile& object, const Tags& tags, std::uint64_t symbol) {
  if (symbol == 0) return false;
  const std::uint64_t address = Value(tags, DT_SYMTAB) + symbol * sizeof(Elf64_Sym);
  const auto row = TRY(Table<Elf64_Sym>(object, address, sizeof(Elf64_Sym)));
  return ELF64_ST_TYPE(row[0].st_info) == STT_GNU_IFUNC && row[0].st_shndx != SHN_UNDEF;
}

Status CheckRelocations(const ObjectFile& object, const Tags& tags, std::int64_t table,
                        std::int64_t size) {
  if (!tags.contains(table)) return {};
  for (const Elf64_Rela& row :
       TRY(Table<Elf64_Rela>(object, Value(tags, table), Value(tags, size)))) {
    const auto type = static_cast<std::uint32_t>(ELF64_R_TYPE(row.r_info));
    if (type == kIrelativeX86 || type == kIrelativeArm64 ||
        TRY(IsDefinedIfunc(object, tags, ELF64_R_SYM(row.r_info)))) {
      return Refused(object,
                     "it has indirect functions (IFUNC), whose choice nothing can check "
                     "afterwards");
    }
  }
  return {};
}

}  // namespace

Status CheckSealable(const ObjectFile& object) {
  const Tags tags = TRY(ReadDynamic(object));
  TRY(CheckFlags(object, tags));
  TRY(CheckRelocations(object, tags, DT_RELA, DT_RELASZ));
  return CheckRelocations(object, tags, DT_JMPREL, DT_PLTRELSZ);
}

}  // namespace vallum::seal
