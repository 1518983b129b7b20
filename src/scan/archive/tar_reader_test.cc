// SPDX-License-Identifier: Apache-2.0
#include "scan/archive/tar_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <map>

#include "base/test_matchers.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::Pair;

struct Read {
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> links;
  std::vector<std::string> climbed;
  std::vector<std::string> sparse;
};

Result<Read> ReadTar(ContentPtr content, const Limits& limits = {}) {
  Budget budget(limits);
  const Scratch scratch;
  TarReader tar(StreamOf(std::move(content)), budget);
  Read read;
  while (auto entry = TRY(tar.Next())) {
    const std::string& path = entry->path.text;
    if (entry->path.climbed) read.climbed.push_back(path);
    if (entry->type == TarType::kSparse) read.sparse.push_back(path);
    if (entry->type == TarType::kHardLink || entry->type == TarType::kSymbolicLink) {
      read.links[path] = entry->link;
    }
    if (entry->type != TarType::kFile) continue;
    const auto wanted = [](ByteSpan head) { return !AsText(head).starts_with("skip"); };
    const ContentPtr body = TRY(tar.Body(*entry, wanted, scratch));
    read.files[path] = body == nullptr ? "(not wanted)" : AllOf(*body);
  }
  return read;
}

Result<Read> ReadBytes(Bytes bytes) { return ReadTar(BytesContent(std::move(bytes))); }

Bytes ReadFileForTest(const std::filesystem::path& path) { return *ReadFile(path, 64U << 20); }

class TarFormatTest : public testing::TestWithParam<const char*> {};

TEST_P(TarFormatTest, ReadsWhatGnuTarWrites) {
  const ScratchFolder folder;
  const std::string deep = std::string(60, 'd') + "/" + std::string(90, 'n');
  const std::string large(9000, 'L');
  WriteTestFile(folder / ("in/" + deep), "deep");
  WriteTestFile(folder / "in/large", large);
  WriteTestFile(folder / "in/empty", "");
  RunShell(folder.path(),
           std::string("ln in/large in/linked; ln -s large in/soft; tar --format=") + GetParam() +
               " --sort=name -cf t.tar -C in " +
               (std::string_view(GetParam()) == "v7" ? "empty large linked soft" : "."));
  const auto read = ReadBytes(ReadFileForTest(folder / "t.tar"));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->files.at("large"), large);
  EXPECT_EQ(read->files.at("empty"), "");
  EXPECT_EQ(read->links.at("soft"), "large");
  EXPECT_THAT(read->links.at("linked"), testing::EndsWith("large"));
  if (std::string_view(GetParam()) != "v7") {
    EXPECT_EQ(read->files.at(deep), "deep");
  }
}

INSTANTIATE_TEST_SUITE_P(All, TarFormatTest,
                         testing::Values("v7", "ustar", "oldgnu", "gnu", "posix"));

TEST(TarReaderTest, ReadsNamesOfFourThousandBytes) {
  const ScratchFolder folder;
  std::string name;
  for (int part = 0; part < 15; ++part)
    name += std::string(200, static_cast<char>('a' + part)) + "/";
  WriteTestFile(folder / ("in/" + name + "file"), "x");
  for (const char* format : {"gnu", "posix"}) {
    RunShell(folder.path(), std::string("tar --format=") + format + " -cf t.tar -C in .");
    const auto read = ReadBytes(ReadFileForTest(folder / "t.tar"));
    ASSERT_THAT(read, IsOk());
    EXPECT_THAT(read->files, ElementsAre(Pair(name + "file", "x")));
  }
}

TEST(TarReaderTest, SparseEntriesAreNamedAndWhatFollowsIsRead) {
  const ScratchFolder folder;
  const std::string make =
      "truncate -s 3M in/holes; for at in 1 2 3 4 5 6 7 8 9; do printf data | dd of=in/holes bs=1 "
      "seek=${at}00000 conv=notrunc status=none; done; ";
  WriteTestFile(folder / "in/zlast", "last");
  for (const char* format : {"gnu", "posix"}) {
    RunShell(folder.path(),
             make + "tar --sparse --sort=name --format=" + format + " -cf t.tar -C in .");
    const auto read = ReadBytes(ReadFileForTest(folder / "t.tar"));
    ASSERT_THAT(read, IsOk()) << format;
    EXPECT_THAT(read->sparse, ElementsAre("holes")) << format;
    EXPECT_THAT(read->files, ElementsAre(Pair("zlast", "last")));
  }
}

TEST(TarReaderTest, WhatIsNotWantedIsSkipped) {
  const auto read = ReadBytes(TarBuilder().File("a", "skip me").File("b", "x").Finish());
  EXPECT_THAT(read->files, ElementsAre(Pair("a", "(not wanted)"), Pair("b", "x")));
}

TEST(TarReaderTest, NamesThatLeaveTheRootAreClampedAndTold) {
  const auto read = ReadBytes(TarBuilder().File("../../etc/x", "1").File("/a/../b", "2").Finish());
  EXPECT_THAT(read->files, ElementsAre(Pair("b", "2"), Pair("etc/x", "1")));
  EXPECT_THAT(read->climbed, ElementsAre("etc/x"));
}

TEST(TarReaderTest, EverythingAfterTwoEmptyBlocksIsPadding) {
  Bytes bytes = TarBuilder().File("a", "x").Finish();
  Append(bytes, TarBuilder().File("b", "x").Finish());
  EXPECT_THAT(ReadBytes(bytes)->files, ElementsAre(Pair("a", "x")));
}

TEST(TarReaderTest, AnArchiveMayEndWithoutEmptyBlocks) {
  EXPECT_THAT(ReadBytes(TarBuilder().File("a", "x").unfinished())->files,
              ElementsAre(Pair("a", "x")));
}

TEST(TarReaderTest, ATruncatedArchiveIsAnError) {
  const Bytes whole = TarBuilder().File("a", std::string(5000, 'x')).File("b", "y").unfinished();
  for (const std::size_t size : {100U, 600U, 3000U, 5600U, 6300U}) {
    EXPECT_THAT(ReadBytes(ToBytes(ByteSpan(whole).first(size))), IsError(Code::kInvalidArgument))
        << size;
  }
}

TEST(TarReaderTest, AWrongChecksumIsAnError) {
  Bytes bytes = TarBuilder().File("a", "x").Finish();
  bytes[0] = 'b';
  EXPECT_THAT(ReadBytes(bytes), IsError(Code::kInvalidArgument));
}

TEST(TarReaderTest, ANameWithANulIsRefused) {
  EXPECT_THAT(
      ReadBytes(
          TarBuilder().Add('x', "pax", std::string("12 path=a\0b\n", 12)).File("a", "x").Finish()),
      IsError(Code::kInvalidArgument));
}

TEST(TarReaderTest, ADamagedPaxHeaderIsAnError) {
  for (const std::string_view text :
       {"99 path=a\n", "0 path=a\n", "x", "9 path=ab\n", "10 patha  \n"}) {
    EXPECT_THAT(ReadBytes(TarBuilder().Add('x', "pax", text).File("a", "x").Finish()),
                IsError(Code::kInvalidArgument))
        << text;
  }
}

TEST(TarReaderTest, MoreEntriesThanTheBudgetAreRefused) {
  TarBuilder builder;
  for (int at = 0; at < 20; ++at) builder.File(std::to_string(at), "");
  EXPECT_THAT(ReadTar(BytesContent(builder.Finish()), {.entries = 10}),
              IsError(Code::kResourceExhausted));
  EXPECT_THAT(ReadTar(BytesContent(builder.Finish()), {.entries = 21}), IsOk());
}

TEST(TarReaderTest, ALongNamePastTheLimitIsRefused) {
  const auto content =
      BytesContent(TarBuilder().Add('L', "", std::string(5000, 'n')).File("a", "").Finish());
  EXPECT_THAT(ReadTar(content), IsError(Code::kResourceExhausted));
}

}  // namespace
}  // namespace vallum::scan
