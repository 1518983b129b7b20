// SPDX-License-Identifier: Apache-2.0
// More cases, with real programs, are in tests/scan/items/rust.toml.
#include "scan/rust/rust_detector.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/elf/elf_data.h"
#include "scan/rust/rust_crate.h"
#include "scan/rust/rust_manifest.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Result<std::vector<RustCrate>> Manifest(std::string_view json) {
  Bytes packed = {0x78, 0x9c};
  Append(packed, Compress(Compression::kDeflate, AsBytes(json)));
  const ElfSection section{.name = ".dep-v0", .offset = 0, .size = packed.size()};
  return ReadRustManifest(*BytesContent(packed), section);
}

class RustDetectorTest : public testing::Test {
 protected:
  ElfFile Compiled(const std::string& text) {
    WriteTestFile(folder_ / "s.c",
                  fmt::format("const char p[] = \"{}\"; int main(void) {{ return p[0]; }}", text));
    RunShell(folder_.path(), "cc s.c -o out -s");
    return *ElfFile::Parse(BytesContent(*ReadFile(folder_ / "out", 64U << 20)));
  }
  std::vector<std::string> Found(const std::string& text) {
    std::vector<std::string> found;
    const auto facts = DetectRust(Compiled(text));
    for (const Fact& fact : *facts) found.push_back(fact.product + " " + fact.version);
    return found;
  }
  const ScratchFolder folder_;
};

constexpr const char* kStandard = "/rustc/90b35a6/library/core/src/str/mod.rs";

TEST(RustManifestTest, CratesThatOnlyBuiltTheProgramAreLeftOut) {
  const auto crates = Manifest(R"({"packages":[{"name":"ring","version":"0.17.14"},
    {"name":"cc","version":"1.0.0","kind":"build"},{"name":"aes","version":"0.8.4","kind":"runtime"}]})");
  ASSERT_THAT(crates, IsOk());
  ASSERT_THAT(*crates, SizeIs(2));
  EXPECT_EQ((*crates)[1].name, "aes");
}

TEST(RustManifestTest, DamageIsAnError) {
  for (const char* json :
       {"", "{", "[]", "{}", R"({"packages":{}})", R"({"packages":[1]})",
        R"({"packages":[{"name":"x"}]})", R"({"packages":[{"name":1,"version":2}]})"}) {
    EXPECT_THAT(Manifest(json), IsError(Code::kInvalidArgument)) << json;
  }
  EXPECT_THAT(ReadRustManifest(*ContentOf("x"), {.name = ".dep-v0", .size = 1}),
              IsError(Code::kInvalidArgument));
}

TEST(RustManifestTest, WhatUnpacksToMoreThanItMayIsRefused) {
  EXPECT_THAT(Manifest(std::string(9U << 20, ' ')), IsError(Code::kResourceExhausted));
}

TEST_F(RustDetectorTest, AProgramOfAnotherLanguageIsNone) {
  EXPECT_THAT(Found("/usr/src/ring-0.17.14/src/main.c"), IsEmpty());
}

TEST_F(RustDetectorTest, CratesAreFoundByTheirPaths) {
  EXPECT_THAT(
      Found(std::string(kStandard) + "/x/ring-0.17.14/src/aead.rs/y/aes-gcm-0.10.3/src/lib.rs"),
      ElementsAre("aes-gcm 0.10.3", "ring 0.17.14"));
}

TEST_F(RustDetectorTest, NamesThatOnlyEndAlikeAreOthers) {
  EXPECT_THAT(Found(std::string(kStandard) + "/x/string-0.7.8/src/lib.rs/y/ring-x/src/lib.rs"),
              IsEmpty());
}

TEST_F(RustDetectorTest, AProgramThatNamesOtherCratesAloneIsNotCalledSilent) {
  EXPECT_THAT(Found(std::string(kStandard) + "/x/regex-1.10.2/src/lib.rs"), IsEmpty());
}

TEST_F(RustDetectorTest, CratesOfTheLibraryItselfSayNothing) {
  EXPECT_THAT(Found(std::string(kStandard) + "/rust/deps/hashbrown-0.15.2/src/raw/mod.rs"),
              ElementsAre("Rust "));
}

TEST_F(RustDetectorTest, MatchesAtTheEdgesOfTheBufferAreFoundOnce) {
  for (const std::size_t at : {65536U - 30, 65536U - 5, 65536U - 4, 65536U}) {
    const ElfFile file =
        Compiled(std::string(at - 64, 'x') + "/a/ring-0.17.14/src/lib.rs" + kStandard);
    std::size_t matches = 0;
    EXPECT_THAT(ForEachMatch(file, "ring-0.17.14/src/",
                             [&](const ElfMatch& match) {
                               matches += match.before.ends_with("xx/a/") &&
                                                  match.behind.starts_with("lib.rs/rustc/")
                                              ? 1
                                              : 100;
                             }),
                IsOk());
    EXPECT_EQ(matches, 1U) << at;
  }
}

TEST(RustCrateTest, NamesAreUnique) {
  for (const std::string_view name : kRustCrates) {
    EXPECT_EQ(std::count(kRustCrates.begin(), kRustCrates.end(), name), 1) << name;
  }
}

}  // namespace
}  // namespace vallum::scan
