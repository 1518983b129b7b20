// SPDX-License-Identifier: Apache-2.0
// ElfFile: headers, sections, segments and the dynamic section of an ELF file (System V gABI, chapters
// 4 and 5), of either class, little-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "scan/content/content.h"

namespace vallum::scan {

struct ElfSection {
  std::string name;
  std::uint32_t type = 0;
  std::uint64_t flags = 0;
  std::uint64_t address = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t link = 0;
};

struct ElfSegment {
  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0;
  std::uint64_t address = 0;
  std::uint64_t size = 0;  ///< in the file
};

/// What the loader reads; addresses are 0 when absent.
struct ElfDynamic {
  std::vector<std::string> needed;
  std::string soname;
  std::uint64_t symbols = 0;
  std::uint64_t strings = 0;
  std::uint64_t strings_size = 0;
  std::uint64_t hash = 0;
  std::uint64_t gnu_hash = 0;
};

class ElfFile {
 public:
  /// Parse is kUnsupported for big-endian files and kInvalidArgument for damaged ones. A file whose
  /// section headers are gone or wrong still parses, because the loader does not need them either;
  /// not so when what the loader does need is cut off as well.
  static Result<ElfFile> Parse(ContentPtr content);

  const Content& content() const { return *content_; }
  bool is_64_bit() const { return is_64_bit_; }
  std::uint16_t machine() const { return machine_; }
  std::uint16_t type() const { return type_; }
  const std::vector<ElfSection>& sections() const { return sections_; }
  const std::vector<ElfSegment>& segments() const { return segments_; }
  const ElfDynamic& dynamic() const { return dynamic_; }
  bool is_dynamic() const { return has_dynamic_; }
  /// sections_are_damaged: the header names sections that are not there.
  bool sections_are_damaged() const { return sections_are_damaged_; }

  const ElfSection* Section(std::string_view name) const;
  /// OffsetOf is where in the file an address of the loaded image lies.
  std::optional<std::uint64_t> OffsetOf(std::uint64_t address) const;

 private:
  explicit ElfFile(ContentPtr content) : content_(std::move(content)) {}
  struct Tables;
  Result<Tables> ParseHeader();
  Status ParseSegments(const Tables& tables);
  Status ParseSections(const Tables& tables);
  Status NameSections(std::uint32_t names, std::span<const std::uint32_t> offsets);
  Status ParseDynamic();
  bool IsCut() const;
  Result<std::string> DynamicString(std::uint64_t offset) const;

  ContentPtr content_;
  bool is_64_bit_ = true;
  bool has_dynamic_ = false;
  bool sections_are_damaged_ = false;
  std::uint16_t machine_ = 0;
  std::uint16_t type_ = 0;
  std::vector<ElfSection> sections_;
  std::vector<ElfSegment> segments_;
  ElfDynamic dynamic_;
};

/// MachineName is "x86-64", "aarch64", ... or the number.
std::string MachineName(std::uint16_t machine);

}  // namespace vallum::scan
