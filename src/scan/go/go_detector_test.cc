// SPDX-License-Identifier: Apache-2.0
// Programs with the tables that Go's linker writes, made with the machine's C compiler.
#include "scan/go/go_detector.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/content/little_endian.h"
#include "scan/go/go_build_info.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

MATCHER_P3(IsFact, kind, product, version, "") {
  return arg.kind == kind && arg.product == product && arg.version == version;
}
MATCHER_P(IsOfKind, kind, "") { return arg.kind == kind; }

constexpr const char* kMain = "int main(void) { return 0; }\n";

std::string Assembly(const std::string& lines) {
  return fmt::format("__asm__(\"{}.text\\n\");\n", lines);
}

/// Lines of module text such as "build\tGOFIPS140=latest".
std::string Inline(const std::vector<std::string>& lines) {
  std::string text = "path\\\\texample.org/tool\\\\n";
  for (const std::string& line : lines) text += "build\\\\t" + line + "\\\\n";
  return Assembly(
      fmt::format(".section .go.buildinfo,\\\"aw\\\"\\n.balign 16\\n.ascii \\\"\\\\377 Go "
                  "buildinf:\\\"\\n.byte 8,2\\n.skip 16\\n"
                  ".uleb128 8\\n.ascii \\\"go1.24.4\\\"\\n.uleb128 2f-1f\\n1:.skip "
                  "16,0x55\\n.ascii \\\"{}\\\"\\n.skip 16,0x55\\n2:\\n",
                  text));
}

std::string Functions(const std::vector<std::string>& names) {
  std::string lines = ".section .gopclntab,\\\"a\\\"\\n.byte 0xf1,0xff,0xff,0xff,0,0\\n";
  for (const std::string& name : names) lines += ".asciz \\\"" + name + "\\\"\\n";
  return Assembly(lines);
}

class GoDetectorTest : public testing::Test {
 protected:
  Facts Detect(const std::string& source, const std::string& options = "") {
    WriteTestFile(folder_ / "s.c", source + kMain);
    RunShell(folder_.path(), "cc s.c -o out " + options);
    const auto file = ElfFile::Parse(BytesContent(*ReadFile(folder_ / "out", 64U << 20)));
    const auto facts = DetectGo(*file);
    EXPECT_THAT(facts, IsOk());
    return facts ? *facts : Facts();
  }
  const ScratchFolder folder_;
};

TEST_F(GoDetectorTest, WhatIsNotGoHasNoFacts) { EXPECT_THAT(Detect(""), IsEmpty()); }

TEST_F(GoDetectorTest, ADefaultBuildThatUsesCryptoStartsWithoutFips) {
  EXPECT_THAT(Detect(Inline({"GOOS=linux"}) + Functions({"crypto/sha256.New"})),
              ElementsAre(IsFact(FactKind::kGoBuild, "Go", "go1.24.4"),
                          IsFact(FactKind::kGoFipsOff, "Go", "go1.24.4")));
}

TEST_F(GoDetectorTest, StrippingChangesNothing) {
  const std::string source = Inline({"GOOS=linux"}) + Functions({"crypto/sha256.New"});
  EXPECT_EQ(Detect(source, "-s"), Detect(source));
}

TEST_F(GoDetectorTest, AProgramWithoutCryptoIsNotAccused) {
  EXPECT_THAT(Detect(Inline({}) + Functions({"main.main", "crypto/internal/fips140deps.init"})),
              ElementsAre(IsOfKind(FactKind::kGoBuild)));
}

TEST_F(GoDetectorTest, TheModulesVersionComesFromTheSetting) {
  for (const char* version : {"v1.0.0", "v1.0.0-c2097c7c", "latest"}) {
    EXPECT_THAT(Detect(Inline({fmt::format("GOFIPS140={}", version),
                               "DefaultGODEBUG=tlsmlkem=0,fips140=on"}) +
                       Functions({"crypto/sha256.New"})),
                Contains(IsFact(FactKind::kGoFipsOn, "Go Cryptographic Module", version)));
  }
}

TEST_F(GoDetectorTest, OnWithoutAFrozenVersionIsTheToolchainsOwnCopy) {
  EXPECT_THAT(Detect(Inline({"DefaultGODEBUG=fips140=only"})),
              Contains(IsFact(FactKind::kGoFipsOn, "Go Cryptographic Module", "latest")));
}

TEST_F(GoDetectorTest, OffInTheDefaultIsOff) {
  EXPECT_THAT(Detect(Inline({"GOFIPS140=v1.0.0", "DefaultGODEBUG=fips140=off"}) +
                     Functions({"crypto/aes.New"})),
              Contains(IsOfKind(FactKind::kGoFipsOff)));
}

TEST_F(GoDetectorTest, BoringCryptoIsSeenByItsCalls) {
  const Facts facts =
      Detect(Inline({"GOEXPERIMENT=boringcrypto"}) +
             Functions({"crypto/sha256.New",
                        "crypto/internal/boring._Cfunc__goboringcrypto_SHA256_Init"}));
  EXPECT_THAT(facts, Contains(IsOfKind(FactKind::kGoBoring)));
  EXPECT_THAT(facts, Not(Contains(IsOfKind(FactKind::kGoFipsOff))));
}

TEST_F(GoDetectorTest, BoringCryptoIsSeenByItsSignature) {
  EXPECT_THAT(
      Detect(Inline({"GOEXPERIMENT=fieldtrack,boringcrypto"}) +
             Assembly(
                 ".byte "
                 "0xeb,0x1d,0xf4,0x48,0xf4,0x4b,0xf4,0xb3,0x32,0xf5,0x28,0x13,0xa3,0xb4,0x50,0xd4,"
                 "0x41,0xcc,0x24,0x85,0xf0,0x01,0x45,0x4e,0x92,0x10,0x1b,0x1d,0x2f,0x19,0x50,"
                 "0xc3\\n")),
      Contains(IsOfKind(FactKind::kGoBoring)));
}

TEST_F(GoDetectorTest, TheLabelWithoutTheCodeIsAContradiction) {
  const Facts facts =
      Detect(Inline({"GOEXPERIMENT=boringcrypto"}) + Functions({"crypto/sha256.New"}));
  EXPECT_THAT(facts, Contains(IsOfKind(FactKind::kGoLabelOnly)));
  EXPECT_THAT(facts, Contains(IsOfKind(FactKind::kGoFipsOff)));
}

TEST_F(GoDetectorTest, AProgramWithoutBuildInformationIsStillGo) {
  EXPECT_THAT(Detect(Functions({"crypto/sha256.New"})),
              ElementsAre(IsOfKind(FactKind::kGoNoBuildInfo)));
}

TEST_F(GoDetectorTest, PackagesWithPrimitivesOfTheirOwnAreNamed) {
  const Facts facts = Detect(
      Inline({}) + Functions({"golang.org/x/crypto/argon2.IDKey",
                              "golang.org/x/crypto/nacl/box.Seal", "golang.org/x/crypto/hkdf.New",
                              "vendor/golang.org/x/crypto/chacha20poly1305.New"}));
  ASSERT_THAT(facts, ElementsAre(IsOfKind(FactKind::kGoBuild), IsOfKind(FactKind::kGoOtherCrypto)));
  EXPECT_EQ(facts[1].evidence, "functions of argon2, nacl");
}

TEST_F(GoDetectorTest, AToolchainThatLoadsOpenSslIsNotAccused) {
  EXPECT_THAT(Detect(Inline({}) + Functions({"crypto/sha256.New",
                                             "vendor/github.com/golang-fips/openssl/v2.dlopen"})),
              ElementsAre(IsOfKind(FactKind::kGoBuild), IsFact(FactKind::kNeeds, "OpenSSL", "")));
}

TEST_F(GoDetectorTest, TheOldFormByPointersIsRead) {
  const Facts facts = Detect(
      "static const char text[] = "
      "\"0123456789abcdefpath\\tx\\nbuild\\tGOOS=linux\\n0123456789abcdef\";\n"
      "struct go { const char *p; unsigned long n; };\n"
      "static struct go version = {\"go1.16.5\", 8}, module = {text, sizeof text - 1};\n"
      "__attribute__((section(\".go.buildinfo\"), aligned(16), used)) struct { char magic[14]; "
      "unsigned char size, "
      "flags; struct go *v, *m; } info = {\"\\377 Go buildinf:\", 8, 0, &version, &module};\n",
      "-no-pie -static");
  EXPECT_THAT(facts, ElementsAre(IsFact(FactKind::kGoBuild, "Go", "go1.16.5")));
}

TEST_F(GoDetectorTest, WithoutSectionsTheDataSegmentIsSearched) {
  WriteTestFile(folder_ / "s.c", Inline({"GOOS=linux"}) + kMain);
  RunShell(folder_.path(), "cc s.c -o out");
  Bytes bytes = *ReadFile(folder_ / "out", 64U << 20);
  std::fill_n(bytes.begin() + 40, 8, 0);  // e_shoff
  const auto file = ElfFile::Parse(BytesContent(bytes));
  ASSERT_THAT(file->sections(), IsEmpty());
  EXPECT_THAT(*DetectGo(*file), ElementsAre(IsFact(FactKind::kGoBuild, "Go", "go1.24.4")));
}

TEST_F(GoDetectorTest, BuildInformationAcrossTwoPartsOfTheSearchIsFound) {
  const std::string before =
      Assembly(".section .go.buildinfo,\\\"aw\\\"\\n.balign 16\\n.skip 65520\\n");
  EXPECT_THAT(Detect(before + Inline({"GOOS=linux"})),
              ElementsAre(IsFact(FactKind::kGoBuild, "Go", "go1.24.4")));
}

TEST_F(GoDetectorTest, ASegmentNearTheEndOfAllNumbersIsNotSearched) {
  WriteTestFile(folder_ / "s.c", kMain);
  RunShell(folder_.path(), "cc s.c -o out");
  Bytes bytes = *ReadFile(folder_ / "out", 64U << 20);
  const auto headers = LittleEndian<std::uint64_t>(bytes, 32);
  const auto count = LittleEndian<std::uint16_t>(bytes, 56);
  constexpr std::size_t kHeader = 56, kOffset = 8, kWritable = 6;
  for (std::size_t at = headers; at < headers + count * kHeader; at += kHeader) {
    const bool loaded = LittleEndian<std::uint32_t>(bytes, at) == 1;
    if (!loaded || LittleEndian<std::uint32_t>(bytes, at + 4) != kWritable) continue;
    bytes[at + kOffset + 1] = 0x80;
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at + kOffset + 2), 6, 0xff);
  }
  const auto file = ElfFile::Parse(BytesContent(bytes));
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(*DetectGo(*file), IsEmpty());
}

TEST_F(GoDetectorTest, DamagedBuildInformationIsAnError) {
  WriteTestFile(folder_ / "s.c",
                Assembly(".section .go.buildinfo,\\\"aw\\\"\\n.balign 16\\n.ascii \\\"\\\\377 Go "
                         "buildinf:\\\"\\n.byte "
                         "8,2\\n.skip 16\\n.byte 0xff,0xff,0xff,0xff,0xff,0xff\\n.skip 32\\n") +
                    std::string(kMain));
  RunShell(folder_.path(), "cc s.c -o out");
  const auto file = ElfFile::Parse(BytesContent(*ReadFile(folder_ / "out", 64U << 20)));
  EXPECT_THAT(DetectGo(*file), IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::scan
