// SPDX-License-Identifier: Apache-2.0
// Sealing copies of the boundary of this build: what a seal finds, what it forgives, what it refuses.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <random>

#include "base/file.h"
#include "base/json.h"
#include "base/test_matchers.h"
#include "seal/report.h"
#include "seal/sealable.h"
#include "seal/slot_file.h"

namespace vallum::seal {
namespace {

using testing::HasSubstr;

const std::filesystem::path kLib = std::filesystem::path(VALLUM_BINARY_DIR) / "lib";

class SealTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Boundary boundary = ReadBoundary({kLib / "libvallum.so", kLib / "libcrypto-vallum.so.3",
                                            kLib / "vallum/fips.so"})
                                  .value();
    context_ = LoadProviderOf(boundary, {}).value();
  }
  static void TearDownTestSuite() { context_.reset(); }

  SealTest() {
    for (const auto& [from, to] : {std::pair(kLib / "libvallum.so", module_),
                                   std::pair(kLib / "libcrypto-vallum.so.3", crypto_),
                                   std::pair(kLib / "vallum/fips.so", provider_)}) {
      std::filesystem::copy_file(from, to);
    }
  }

  Boundary Read() { return ReadBoundary({module_, crypto_, provider_}).value(); }
  static void Flip(const std::filesystem::path& path, std::size_t at, unsigned bit = 0) {
    Bytes content = ReadFile(path, 512 << 20).value();
    content[at] ^= static_cast<std::uint8_t>(1u << bit);
    EXPECT_THAT(WriteFileDurably(path, content, 0755), IsOk());
  }
  /// Sets the dynamic tag `from` of libcrypto to `to`.
  void ReplaceTag(std::int64_t from, std::int64_t to, std::uint64_t clear_bits = 0) {
    const ObjectFile object = ReadObject(crypto_).value();
    Bytes content = object.content;
    for (const Elf64_Phdr& header : object.headers) {
      if (header.p_type != PT_DYNAMIC) continue;
      for (std::size_t at = 0; at < header.p_filesz; at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;
        std::memcpy(&entry, content.data() + header.p_offset + at, sizeof entry);
        if (entry.d_tag != from) continue;
        entry.d_tag = to;
        entry.d_un.d_val &= ~clear_bits;
        std::memcpy(content.data() + header.p_offset + at, &entry, sizeof entry);
      }
    }
    EXPECT_THAT(WriteFileDurably(crypto_, content, 0755), IsOk());
  }

  static inline ossl::ContextRef context_;
  ScratchFolder folder_;
  std::filesystem::path module_ = folder_ / "libvallum.so";
  std::filesystem::path crypto_ = folder_ / "libcrypto-vallum.so.3";
  std::filesystem::path provider_ = folder_ / "fips.so";
};

TEST_F(SealTest, WhatItSignsItVerifies) {
  ASSERT_THAT(Sign(context_, Read()), IsOk());
  EXPECT_THAT(Verify(context_, Read()), IsOk());
}

// Requirement: strip-safe
TEST_F(SealTest, SameFilesGiveTheSameFileAgain) {
  ASSERT_THAT(Sign(context_, Read()), IsOk());
  const Bytes once = ReadFile(module_, 512 << 20).value();
  ASSERT_THAT(Sign(context_, Read()), IsOk());
  EXPECT_TRUE(ReadFile(module_, 512 << 20).value() == once);
}

TEST_F(SealTest, KeepsTheModeAndChangesNothingButTheSlot) {
  const Bytes before = ReadFile(module_, 512 << 20).value();
  ASSERT_EQ(chmod(module_.c_str(), 0551), 0);
  const Boundary boundary = Read();
  ASSERT_THAT(Sign(context_, boundary), IsOk());
  struct stat info {};
  ASSERT_EQ(stat(module_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0551u);
  const std::size_t slot = FindSlot(boundary[0]).value();
  const Bytes after = ReadFile(module_, 512 << 20).value();
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool in_slot = i >= slot && i < slot + module::kManifestSize;
    ASSERT_TRUE(in_slot || after[i] == before[i]) << i;
  }
}

// Requirement: bitflip
TEST_F(SealTest, AFlippedBitInAnySegmentIsFoundAndItsFileNamed) {
  ASSERT_THAT(Sign(context_, Read()), IsOk());
  std::mt19937_64 random(7);
  for (const std::filesystem::path& path : {module_, crypto_, provider_}) {
    const auto segments = ReadObject(path).value();
    for (const auto& segment : segments.segments) {
      const std::size_t at =
          segment.extent().offset + 1024 + random() % (segment.extent().size - 1024);
      Flip(path, at);
      EXPECT_THAT(Verify(context_, Read()), IsError(Code::kIntegrity, HasSubstr(path.string())))
          << at;
      Flip(path, at);
    }
  }
  EXPECT_THAT(Verify(context_, Read()), IsOk());
}

TEST_F(SealTest, AnAlteredManifestIsFound) {
  const Boundary boundary = Read();
  ASSERT_THAT(Sign(context_, boundary), IsOk());
  const std::size_t slot = FindSlot(boundary[0]).value();
  for (const std::size_t at :
       {std::size_t{16}, std::size_t{62}, std::size_t{70}, module::kManifestSize - 1}) {
    Flip(module_, slot + at);
    EXPECT_THAT(Verify(context_, Read()), IsError(Code::kIntegrity)) << at;
    Flip(module_, slot + at);
  }
  Flip(module_, slot + 3);
  EXPECT_THAT(Verify(context_, Read()), IsError(Code::kIntegrity, HasSubstr("no manifest slot")));
}

TEST_F(SealTest, WhatIsNotLoadedMayChange) {
  ASSERT_THAT(Sign(context_, Read()), IsOk());
  for (const std::filesystem::path& path : {module_, crypto_, provider_}) {
    const ObjectFile object = ReadObject(path).value();
    Flip(path, object.content.size() - 1);
    Flip(path, 40);  // where the section table is: strip moves it
  }
  EXPECT_THAT(Verify(context_, Read()), IsOk());
}

TEST_F(SealTest, SeveralProvidersMayBeSealedIntoOneModule) {
  const std::filesystem::path folder = folder_ / "other";
  std::filesystem::create_directory(folder);
  const std::filesystem::path other = folder / "fips.so";
  std::filesystem::copy_file(provider_, other);
  const auto extent = ReadObject(other).value().segments[2].extent();
  Flip(other, extent.offset + 100);
  ASSERT_THAT(Sign(context_, ReadBoundary({module_, crypto_, provider_, other}).value()), IsOk());
  EXPECT_THAT(Verify(context_, Read()), IsOk());
  EXPECT_THAT(Verify(context_, ReadBoundary({module_, crypto_, other}).value()), IsOk());
  Flip(other, extent.offset + 101);
  EXPECT_THAT(Verify(context_, ReadBoundary({module_, crypto_, other}).value()),
              IsError(Code::kIntegrity));
}

TEST_F(SealTest, WhatASealCouldNotCoverIsRefused) {
  EXPECT_THAT(CheckSealable(Read()[1]), IsOk());
  ReplaceTag(DT_SYMBOLIC, DT_TEXTREL);
  EXPECT_THAT(Sign(context_, Read()), IsError(Code::kUnsupported, HasSubstr("text relocations")));
  ReplaceTag(DT_TEXTREL, DT_SYMBOLIC);
  EXPECT_THAT(CheckSealable(Read()[1]), IsOk());
  ReplaceTag(DT_FLAGS, DT_FLAGS, DF_BIND_NOW);
  ReplaceTag(DT_FLAGS_1, DT_FLAGS_1, DF_1_NOW);
  EXPECT_THAT(Sign(context_, Read()), IsError(Code::kUnsupported, HasSubstr("stay writable")));
}

TEST_F(SealTest, IndirectFunctionsAreRefused) {
  const ObjectFile object = ReadObject(crypto_).value();
  for (const Elf64_Phdr& header : object.headers) {
    if (header.p_type != PT_DYNAMIC) continue;
    for (std::size_t at = 0; at < header.p_filesz; at += sizeof(Elf64_Dyn)) {
      Elf64_Dyn entry;
      std::memcpy(&entry, object.content.data() + header.p_offset + at, sizeof entry);
      if (entry.d_tag != DT_RELA) continue;
      Bytes content = object.content;  // the first segment: address and offset are the same
      content[entry.d_un.d_ptr + offsetof(Elf64_Rela, r_info)] = 37;
      EXPECT_THAT(WriteFileDurably(crypto_, content, 0755), IsOk());
    }
  }
  EXPECT_THAT(Sign(context_, Read()), IsError(Code::kUnsupported, HasSubstr("IFUNC")));
}

TEST_F(SealTest, AnExecutableStackIsRefused) {
  const ObjectFile object = ReadObject(crypto_).value();
  Bytes content = object.content;
  for (std::size_t i = 0; i < object.headers.size(); ++i) {
    if (object.headers[i].p_type != PT_GNU_STACK) continue;
    content[sizeof(Elf64_Ehdr) + i * sizeof(Elf64_Phdr) + offsetof(Elf64_Phdr, p_flags)] |= PF_X;
  }
  EXPECT_THAT(WriteFileDurably(crypto_, content, 0755), IsOk());
  EXPECT_THAT(Sign(context_, Read()), IsError(Code::kUnsupported, HasSubstr("stack")));
}

TEST_F(SealTest, AnythingButTheBoundaryIsRefused) {
  EXPECT_THAT(ReadBoundary({}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(ReadBoundary({module_, crypto_}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(ReadBoundary({module_, provider_}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(ReadBoundary({crypto_, module_, provider_}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(ReadBoundary({module_, crypto_, crypto_, provider_}),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(ReadBoundary({folder_ / "absent.so", crypto_, provider_}), IsError(Code::kNotFound));
  std::filesystem::copy_file(provider_, folder_ / "libssl.so");
  EXPECT_THAT(ReadBoundary({module_, crypto_, provider_, folder_ / "libssl.so"}),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(WriteFileDurably(folder_ / "libssl.so", AsBytes("no ELF"), 0644), IsOk());
  EXPECT_THAT(ReadObject(folder_ / "libssl.so"), IsError(Code::kIntegrity, HasSubstr("libssl.so")));
}

TEST_F(SealTest, ReportNamesMacsAndCoverage) {
  ASSERT_THAT(Sign(context_, Read()), IsOk());
  const Boundary boundary = Read();
  const auto text = TextReport(boundary);
  ASSERT_THAT(text, IsOk());
  const auto manifest = module::ParseManifest(SlotBytes(boundary[0]).value()).value();
  for (const auto& object : manifest.objects) EXPECT_THAT(*text, HasSubstr(ToHex(object.mac)));
  EXPECT_THAT(*text, HasSubstr("loaded bytes covered"));
  const auto json = JsonReport(boundary);
  ASSERT_THAT(json, IsOk());
  EXPECT_THAT(JsonDocument::Parse(*json), IsOk());
  EXPECT_THAT(*json, HasSubstr("\"covered_percent\":"));
#if defined(__SANITIZE_ADDRESS__)
  constexpr std::uint64_t kLeastPercent = 60;  // its writable data is larger
#else
  constexpr std::uint64_t kLeastPercent = 90;
#endif
  for (const ObjectFile& object : boundary) {
    EXPECT_GT(object.covered * 100, object.loaded * kLeastPercent);
  }
}

}  // namespace
}  // namespace vallum::seal
