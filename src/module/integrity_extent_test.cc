// SPDX-License-Identifier: Apache-2.0
#include "module/integrity_extent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/test_matchers.h"

namespace vallum::module {
namespace {

using testing::HasSubstr;

constexpr std::size_t kFileSize = 8192;

Elf64_Phdr Load(std::uint64_t offset, std::uint64_t size, std::uint32_t flags) {
  return {.p_type = PT_LOAD,
          .p_flags = flags,
          .p_offset = offset,
          .p_vaddr = offset,
          .p_paddr = offset,
          .p_filesz = size,
          .p_memsz = size,
          .p_align = 4096};
}

/// A file with a read-only, an executable and a writable segment.
class ExtentTest : public testing::Test {
 protected:
  ExtentTest() {
    std::memcpy(header_.e_ident, ELFMAG, SELFMAG);
    header_.e_ident[EI_CLASS] = ELFCLASS64;
    header_.e_ident[EI_DATA] = ELFDATA2LSB;
    header_.e_type = ET_DYN;
    header_.e_phoff = sizeof header_;
    header_.e_phentsize = sizeof(Elf64_Phdr);
    headers_ = {Load(0, 1000, PF_R), Load(4096, 500, PF_R | PF_X), Load(6000, 100, PF_R | PF_W)};
  }

  Bytes File() {
    Bytes file(kFileSize, 0x11);
    header_.e_phnum = static_cast<std::uint16_t>(headers_.size());
    std::memcpy(file.data(), &header_, sizeof header_);
    std::memcpy(file.data() + sizeof header_, headers_.data(),
                headers_.size() * sizeof(Elf64_Phdr));
    return file;
  }

  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> headers_;
};

Bytes Hashed(const Bytes& file) {
  Bytes out;
  const auto segments = CoveredSegmentsOf(file).value();
  for (const CoveredSegment& segment : segments) {
    for (const ByteSpan piece : segment.Pieces()) Append(out, piece);
  }
  return out;
}

TEST_F(ExtentTest, CoversWhatIsLoadedAndNotWritable) {
  const Bytes file = File();
  const auto segments = CoveredSegmentsOf(file);
  ASSERT_THAT(segments, IsOk());
  ASSERT_EQ(segments->size(), 2u);
  EXPECT_EQ((*segments)[0].bytes().data(), file.data());
  EXPECT_EQ((*segments)[0].bytes().size(), 1000u);
  EXPECT_EQ((*segments)[1].bytes().data(), file.data() + 4096);
  EXPECT_EQ((*segments)[1].extent().flags, std::uint32_t{PF_R | PF_X});
}

TEST_F(ExtentTest, HashesAddressSizeAndFlagsOfEachSegmentAndItsBytes) {
  const Bytes hashed = Hashed(File());
  EXPECT_EQ(hashed.size(), 20 + 1000 + 20 + 500u);
  Bytes label;
  AppendBe64(label, 4096);
  AppendBe64(label, 500);
  AppendBe32(label, PF_R | PF_X);
  EXPECT_TRUE(std::ranges::equal(ByteSpan(hashed).subspan(1020, 20), label));
}

// Requirement: strip-safe
TEST_F(ExtentTest, OnlyTheSectionTableFieldsOfTheHeaderDoNotCount) {
  const Bytes before = Hashed(File());
  for (std::size_t i = 0; i < 1000; ++i) {
    Bytes file = File();
    if (i >= 4 && i < sizeof(Elf64_Ehdr)) {
      const bool section_field = (i >= 40 && i < 48) || i >= 60;
      if (!section_field) continue;
      file[i] ^= 0xff;
      EXPECT_EQ(Hashed(file), before) << i;
    } else if (i >= sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr)) {
      file[i] ^= 0xff;
      EXPECT_NE(Hashed(file), before) << i;
    }
  }
}

TEST_F(ExtentTest, WhatCannotBeCoveredIsRefused) {
  const auto refused = [&](const char* why) {
    EXPECT_THAT(CoveredSegmentsOf(File()), IsError(Code::kIntegrity, HasSubstr(why))) << why;
  };
  const auto good = headers_;
  headers_[2].p_flags |= PF_X;
  refused("writable and executable");
  headers_ = good;
  headers_[1].p_memsz += 1;
  refused("differs in size");
  headers_ = good;
  headers_[1].p_vaddr = 999;
  refused("overlap");
  headers_ = good;
  headers_[2].p_memsz = UINT64_MAX;
  refused("overlap");
  headers_ = good;
  headers_[1].p_offset = kFileSize - 499;
  refused("not inside the file");
  headers_ = good;
  headers_[0].p_flags |= PF_W;
  refused("ELF header");
  headers_ = good;
  headers_[0].p_filesz = headers_[0].p_memsz = 63;
  refused("ends inside the ELF header");
  headers_ = good;
  headers_[1].p_offset = 0;
  headers_[1].p_filesz = headers_[1].p_memsz = 50;
  refused("ends inside the ELF header");
  headers_ = {headers_[2]};
  refused("ELF header");
}

TEST_F(ExtentTest, WhatIsNoSharedObjectIsRefused) {
  EXPECT_THAT(CoveredSegmentsOf({}), IsError(Code::kIntegrity));
  EXPECT_THAT(CoveredSegmentsOf(Bytes(64, 0)), IsError(Code::kIntegrity));
  header_.e_ident[EI_CLASS] = ELFCLASS32;
  EXPECT_THAT(CoveredSegmentsOf(File()), IsError(Code::kIntegrity));
  header_.e_ident[EI_CLASS] = ELFCLASS64;
  header_.e_type = ET_REL;
  EXPECT_THAT(CoveredSegmentsOf(File()), IsError(Code::kIntegrity));
  header_.e_type = ET_DYN;
  header_.e_phoff = kFileSize - 10;
  EXPECT_THAT(CoveredSegmentsOf(File()), IsError(Code::kIntegrity));
  header_.e_phoff = UINT64_MAX - 10;
  EXPECT_THAT(CoveredSegmentsOf(File()), IsError(Code::kIntegrity));
}

}  // namespace
}  // namespace vallum::module
