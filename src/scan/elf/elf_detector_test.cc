// SPDX-License-Identifier: Apache-2.0
#include "scan/elf/elf_detector.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/elf/crypto_library.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

MATCHER_P3(IsFact, kind, product, version, "") {
  return arg.kind == kind && arg.product == product &&
         testing::ExplainMatchResult(version, arg.version, result_listener);
}

Result<Facts> DetectIn(const ContentPtr& content) {
  return DetectElf(TRY(ElfFile::Parse(content)));
}

Facts Detect(const std::filesystem::path& path) {
  const auto facts = DetectIn(BytesContent(*ReadFile(path, 256U << 20)));
  EXPECT_THAT(facts, IsOk());
  return facts ? *facts : Facts();
}

class ElfDetectorTest : public testing::Test {
 protected:
  Facts Compiled(const std::string& source, const std::string& options,
                 const std::string& then = "") {
    WriteTestFile(folder_ / "s.c", source);
    RunShell(folder_.path(), "cc s.c -o out " + options + then);
    return Detect(folder_ / "out");
  }
  const ScratchFolder folder_;
};

constexpr const char* kStatic =
    "const char version[] = \"OpenSSL 3.0.19 27 Jan 2026\"; int OPENSSL_init_crypto(void) { return "
    "version[0]; } int main(void) { return OPENSSL_init_crypto(); }";

TEST_F(ElfDetectorTest, OurOwnBuildIsOneOpenSslAndItsProvider) {
  EXPECT_THAT(
      Detect(VALLUM_FIPS_MODULE),
      ElementsAre(IsFact(FactKind::kFipsModule, "OpenSSL FIPS Provider", StartsWith("3."))));
  EXPECT_THAT(Detect(VALLUM_BINARY_DIR "/lib/libcrypto-vallum.so.3"),
              ElementsAre(IsFact(FactKind::kIsLibrary, "OpenSSL", StartsWith("3."))));
  EXPECT_THAT(Detect(VALLUM_BINARY_DIR "/lib/libssl-vallum.so.3"),
              ElementsAre(IsFact(FactKind::kIsLibrary, "OpenSSL", "")));
}

TEST_F(ElfDetectorTest, AStaticLibraryIsFoundBySymbolAndText) {
  const Facts facts = Compiled(kStatic, "");
  ASSERT_THAT(facts, ElementsAre(IsFact(FactKind::kContains, "OpenSSL", "3.0.19")));
  EXPECT_EQ(facts[0].confidence, Confidence::kExact);
  EXPECT_THAT(facts[0].evidence, AllOf(HasSubstr("OPENSSL_init_crypto"), HasSubstr(".rodata")));
}

TEST_F(ElfDetectorTest, AStrippedStaticLibraryIsFoundByItsText) {
  const Facts facts = Compiled(kStatic, "-s");
  ASSERT_THAT(facts, ElementsAre(IsFact(FactKind::kContains, "OpenSSL", "3.0.19")));
  EXPECT_EQ(facts[0].confidence, Confidence::kStrong);
}

TEST_F(ElfDetectorTest, ModeBitsAndNamesDoNotMatter) {
  WriteTestFile(folder_ / "s.c", kStatic);
  RunShell(folder_.path(), "cc s.c -o readme.txt && chmod 444 readme.txt");
  EXPECT_THAT(Detect(folder_ / "readme.txt"), testing::SizeIs(1));
}

TEST_F(ElfDetectorTest, ALibrarysNameInsideAnotherTextIsNothing) {
  EXPECT_THAT(
      Compiled("const char a[] = \"curl/8.1 OpenSSL 3.0.2 zlib\"; int main(void) { return a[0]; }",
               ""),
      IsEmpty());
}

TEST_F(ElfDetectorTest, AnUndefinedSymbolIsNothingAndTheNeededLibraryIsAFact) {
  const Facts facts = Compiled(
      "void OPENSSL_init_crypto(void); int main(void) { OPENSSL_init_crypto(); }",
      "-L'" VALLUM_BINARY_DIR "/lib' -l:libcrypto-vallum.so.3 -Wl,--allow-shlib-undefined");
  EXPECT_THAT(facts, ElementsAre(IsFact(FactKind::kNeeds, "OpenSSL", "")));
}

TEST_F(ElfDetectorTest, AProgramThatQuotesTheVersionItIsLinkedToHasNothingBuiltIn) {
  const Facts facts = Compiled(
      "const char v[] = \"OpenSSL 3.0.22 25 Aug 2026\"; void OPENSSL_init_crypto(void); int "
      "main(void) { "
      "OPENSSL_init_crypto(); return v[0]; }",
      "-L'" VALLUM_BINARY_DIR "/lib' -l:libcrypto-vallum.so.3 -Wl,--allow-shlib-undefined");
  EXPECT_THAT(facts, ElementsAre(IsFact(FactKind::kNeeds, "OpenSSL", "")));
}

TEST_F(ElfDetectorTest, ANameWithoutAVersionIsNotTheLibrary) {
  EXPECT_THAT(
      Compiled("const char a[] = \"OpenSSL 1.1.1 (compatible; AWS-LC \", b[] = \"LibreSSL \", "
               "c[] = \"mbed TLS handshake\"; int main(void) { return a[0] + b[0] + c[0]; }",
               ""),
      IsEmpty());
}

TEST_F(ElfDetectorTest, AMessageThatBeginsWithTheNameIsNoVersion) {
  EXPECT_THAT(
      Compiled(
          "const char v[] = \"OpenSSL 3.0 does not support this\"; int main(void) { return v[0]; }",
          ""),
      IsEmpty());
  EXPECT_THAT(
      Compiled(
          "const char v[] = \"OpenSSL 1.0.2k-fips  26 Jan 2017\"; int main(void) { return v[0]; }",
          ""),
      ElementsAre(IsFact(FactKind::kContains, "OpenSSL", "1.0.2k-fips")));
}

TEST_F(ElfDetectorTest, ALibraryUnderItsOwnNameIsNotCalledBuiltIn) {
  EXPECT_THAT(
      Compiled("int sodium_init(void) { return 0; }", "-shared -fPIC -Wl,-soname,libsodium.so.23"),
      ElementsAre(IsFact(FactKind::kIsLibrary, "libsodium", "")));
  EXPECT_THAT(
      Compiled("int sodium_init(void) { return 0; }", "-shared -fPIC -Wl,-soname,libother.so.1"),
      ElementsAre(IsFact(FactKind::kContains, "libsodium", "")));
}

TEST_F(ElfDetectorTest, EveryMarkerOfTheTableIsFound) {
  for (const MarkerSymbol& row : kMarkerSymbols) {
    const std::string name = std::string(row.name) + (row.is_prefix ? "x" : "");
    EXPECT_THAT(Compiled(fmt::format("int {}(void) {{ return 0; }}", name), "-c"),
                ElementsAre(IsFact(FactKind::kContains, row.product, "")))
        << name;
  }
}

TEST_F(ElfDetectorTest, EveryVersionTextOfTheTableIsFound) {
  for (const VersionText& row : kVersionTexts) {
    const std::string text = std::string(row.begins) + "9.9 1 Jan 2026";
    EXPECT_THAT(
        Compiled(fmt::format("const char v[] = \"{}\"; int main(void) {{ return v[0]; }}", text),
                 ""),
        ElementsAre(AllOf(Field(&Fact::product, std::string(row.product)),
                          Field(&Fact::version, testing::EndsWith("9.9")))))
        << text;
  }
}

TEST_F(ElfDetectorTest, AForkIsNotCalledOpenSsl) {
  EXPECT_THAT(
      Compiled(
          "int OPENSSL_init_crypto(void) { return 0; } int BORINGSSL_self_test(void) { return 0; }",
          "-c"),
      ElementsAre(IsFact(FactKind::kContains, "BoringSSL", "")));
  EXPECT_THAT(Compiled("const char v[] = \"OpenSSL 1.1.1 (compatible; AWS-LC 3.1.0)\"; int "
                       "OPENSSL_init_crypto(void) { return v[0]; }",
                       "-c"),
              ElementsAre(IsFact(FactKind::kContains, "AWS-LC", "3.1.0")));
}

TEST_F(ElfDetectorTest, AProviderThatIsNotTheFipsProviderIsNoModule) {
  EXPECT_THAT(Compiled("int OSSL_provider_init(void) { return 0; }", "-shared -fPIC"), IsEmpty());
}

TEST_F(ElfDetectorTest, ADamagedFileIsAnError) {
  EXPECT_THAT(DetectIn(ContentOf("\x7f"
                                 "ELF and no more")),
              IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::scan
