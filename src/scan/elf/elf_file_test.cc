// SPDX-License-Identifier: Apache-2.0
// Against readelf and nm of binutils, on files that this build and this machine's compiler made.
#include "scan/elf/elf_file.h"

#include <elf.h>
#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "base/test_matchers.h"
#include "scan/elf/elf_strings.h"
#include "scan/elf/elf_symbols.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const std::filesystem::path kLibcrypto = VALLUM_BINARY_DIR "/lib/libcrypto-vallum.so.3";

Bytes BytesOf(const std::filesystem::path& path) { return *ReadFile(path, 256U << 20); }

std::set<std::string> Lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::set<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.insert(line);
  return lines;
}

struct Names {
  std::set<std::string> defined;
  std::set<std::string> undefined;
};

Result<Names> NamesOf(const Bytes& bytes) {
  const ElfFile file = TRY(ElfFile::Parse(BytesContent(bytes)));
  Names names;
  TRY(ForEachSymbol(file, [&names](const ElfSymbol& symbol) {
    (symbol.defined ? names.defined : names.undefined).emplace(symbol.name);
  }));
  return names;
}

/// The file as a tool leaves it that removes the section headers.
Bytes WithoutSections(Bytes bytes) {
  std::fill_n(bytes.begin() + offsetof(Elf64_Ehdr, e_shoff), 8, 0);
  std::fill_n(bytes.begin() + offsetof(Elf64_Ehdr, e_shnum), 4, 0);
  return bytes;
}

class ElfFileTest : public testing::Test {
 protected:
  Bytes Compile(const std::string& source, const std::string& options) {
    WriteTestFile(folder_ / "s.c", source);
    RunShell(folder_.path(), "cc s.c -o out " + options);
    return BytesOf(folder_ / "out");
  }
  const ScratchFolder folder_;
};

TEST_F(ElfFileTest, SaysWhatTheLoaderWouldRead) {
  const Bytes bytes = Compile("double cos(double); double f(double x) { return cos(x); }",
                              "-shared -fPIC -Wl,-soname,libmine.so.7 -Wl,--no-as-needed -lm");
  const auto file = ElfFile::Parse(BytesContent(bytes));
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->dynamic().soname, "libmine.so.7");
  EXPECT_THAT(file->dynamic().needed, ElementsAre("libm.so.6", "libc.so.6"));
  EXPECT_TRUE(file->is_dynamic() && file->is_64_bit());
  EXPECT_THAT(NamesOf(bytes)->defined, Contains("f"));
  EXPECT_THAT(NamesOf(bytes)->undefined, Contains("cos"));
}

TEST_F(ElfFileTest, FindsTheSymbolsThatNmFinds) {
  RunShell(folder_.path(), "nm -D -j --without-symbol-versions --defined-only '" +
                               kLibcrypto.string() + "' >names");
  const auto names = NamesOf(BytesOf(kLibcrypto));
  ASSERT_THAT(names, IsOk());
  std::set<std::string> expected = Lines(folder_ / "names");
  ASSERT_GT(expected.size(), 4000U);
  for (const std::string& one : expected) ASSERT_TRUE(names->defined.contains(one)) << one;
}

TEST_F(ElfFileTest, SectionHeadersAreNotNeeded) {
  const Bytes whole = BytesOf(kLibcrypto);
  const Bytes bytes = WithoutSections(whole);
  const auto file = ElfFile::Parse(BytesContent(bytes));
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->sections(), IsEmpty());
  EXPECT_THAT(file->dynamic().needed, Contains("libc.so.6"));
  EXPECT_EQ(file->dynamic().soname, "libcrypto-vallum.so.3");
  EXPECT_TRUE(NamesOf(bytes)->defined.contains("EVP_DigestInit_ex"));
}

TEST_F(ElfFileTest, SectionHeadersThatPointNowhereAreTold) {
  Bytes bytes = BytesOf(kLibcrypto);
  std::fill_n(bytes.begin() + offsetof(Elf64_Ehdr, e_shoff), 6, 0xff);
  const auto file = ElfFile::Parse(BytesContent(bytes));
  ASSERT_THAT(file, IsOk());
  EXPECT_TRUE(file->sections_are_damaged());
  EXPECT_EQ(file->dynamic().soname, "libcrypto-vallum.so.3");
}

TEST_F(ElfFileTest, ReadsBothHashTables) {
  for (const char* style : {"sysv", "gnu", "both"}) {
    const Bytes bytes = Compile("int a1; int b2(void) { return a1; }",
                                std::string("-shared -fPIC -Wl,--hash-style=") + style);
    EXPECT_THAT(NamesOf(WithoutSections(bytes))->defined, testing::IsSupersetOf({"a1", "b2"}))
        << style;
  }
}

TEST_F(ElfFileTest, Reads32BitFiles) {
  const Bytes bytes = Compile("int wolfCrypt_Init(void) { return 0; }", "-m32 -c");
  const auto file = ElfFile::Parse(BytesContent(bytes));
  ASSERT_THAT(file, IsOk());
  EXPECT_FALSE(file->is_64_bit());
  EXPECT_EQ(MachineName(file->machine()), "i386");
  EXPECT_THAT(NamesOf(bytes)->defined, Contains("wolfCrypt_Init"));
}

TEST_F(ElfFileTest, BigEndianFilesAreUnsupported) {
  Bytes bytes = BytesOf(kLibcrypto);
  bytes[EI_DATA] = ELFDATA2MSB;
  EXPECT_THAT(ElfFile::Parse(BytesContent(bytes)), IsError(Code::kUnsupported));
}

TEST_F(ElfFileTest, WhatIsCutOffIsAnErrorOrHasLess) {
  const Bytes whole = Compile("int main(void) { return 0; }", "");
  for (std::size_t size = 0; size < whole.size(); size += 61) {
    (void)NamesOf(ToBytes(ByteSpan(whole).first(size)));
  }
  EXPECT_THAT(NamesOf(ToBytes(ByteSpan(whole).first(60))), IsError(Code::kInvalidArgument));
}

TEST_F(ElfFileTest, ALibraryCutInHalfIsNotTakenForASmallOne) {
  const Bytes whole = BytesOf(kLibcrypto);
  EXPECT_THAT(ElfFile::Parse(BytesContent(ToBytes(ByteSpan(whole).first(whole.size() / 2)))),
              IsError(Code::kInvalidArgument));
}

TEST_F(ElfFileTest, AFileOfDebuggingInformationAloneIsWhole) {
  WriteTestFile(folder_ / "s.c", "int main(void) { return 0; }");
  RunShell(folder_.path(), "cc -g s.c -o whole; objcopy --only-keep-debug whole out");
  EXPECT_THAT(ElfFile::Parse(BytesContent(BytesOf(folder_ / "out"))), IsOk());
}

TEST_F(ElfFileTest, StringsAreWholeOnes) {
  const Bytes bytes = Compile(
      "const char a[] = \"Xone\"; const char b[] = \"not Xtwo\"; const char *c = \"Xthree\"; int "
      "main(void) "
      "{ return a[0] + b[0] + c[0]; }",
      "");
  const auto file = ElfFile::Parse(BytesContent(bytes));
  std::set<std::string> found;
  ASSERT_THAT(ForEachString(*file, "X", [&](const FoundString& one) { found.emplace(one.text); }),
              IsOk());
  EXPECT_THAT(found, testing::IsSupersetOf({"Xone", "Xthree"}));
  EXPECT_THAT(found, testing::Not(Contains("Xtwo")));
}

TEST_F(ElfFileTest, StringsAcrossTheEdgesOfTheReadingBufferAreFound) {
  const Bytes bytes = Compile(
      "#define S \"\\0Xedge\\0......\"\n#define R(x) x x x x x x x x\nconst char big[] = "
      "R(R(R(R(R(S))))) ; int main(void) { return big[7]; }",
      "");
  const auto file = ElfFile::Parse(BytesContent(bytes));
  std::size_t count = 0;
  ASSERT_THAT(
      ForEachString(*file, "X", [&](const FoundString& one) { count += one.text == "Xedge"; }),
      IsOk());
  EXPECT_EQ(count, 8U * 8 * 8 * 8 * 8);
}

}  // namespace
}  // namespace vallum::scan
