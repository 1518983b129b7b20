// SPDX-License-Identifier: Apache-2.0
#include "scan/content/content.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "base/test_matchers.h"
#include "scan/content/byte_stream.h"
#include "scan/content/spool.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::Eq;

ContentPtr OpenForTest(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return FileContent(std::move(file), std::filesystem::file_size(path));
}

TEST(ContentTest, ReadsFromAnyPlaceAndLessAtTheEnd) {
  const ContentPtr content = ContentOf("0123456789");
  EXPECT_EQ(AsText(*ReadRange(*content, 3, 4)), "3456");
  EXPECT_EQ(AsText(*ReadUpTo(*content, 8, 100)), "89");
  EXPECT_EQ(AsText(*ReadUpTo(*content, 11, 100)), "");
}

TEST(ContentTest, ARangePastTheEndIsRefused) {
  const ContentPtr content = ContentOf("0123456789");
  EXPECT_THAT(ReadRange(*content, 8, 3), IsError(Code::kInvalidArgument));
  EXPECT_THAT(ReadRange(*content, UINT64_MAX, 1), IsError(Code::kInvalidArgument));
}

TEST(ContentTest, APartOfAContentIsCutAtItsEnd) {
  const ContentPtr part = RangeContent(ContentOf("0123456789"), 6, UINT64_MAX);
  EXPECT_EQ(part->size(), 4U);
  EXPECT_EQ(AllOf(*part), "6789");
  EXPECT_EQ(RangeContent(part, 9, 1)->size(), 0U);
}

TEST(ContentTest, AFileThatBecomesShorterIsAnError) {
  const ScratchFolder folder;
  WriteTestFile(folder / "f", std::string(100, 'x'));
  const ContentPtr content = OpenForTest(folder / "f");
  EXPECT_EQ(AllOf(*content), std::string(100, 'x'));
  std::filesystem::resize_file(folder / "f", 10);
  EXPECT_THAT(ReadRange(*content, 0, 100), IsError(Code::kStorage));
}

TEST(SpoolTest, SmallThingsStayInMemoryAndLargeOnesGoToANamelessFile) {
  const ScratchFolder folder;
  for (const std::size_t size : {std::size_t{10}, std::size_t{100'000}}) {
    const Scratch scratch{
        .folder = folder.path().string(), .memory_bytes = 1000, .file_bytes = 1U << 20};
    Spool spool(scratch);
    const std::string text(size / 2, 'a');
    ASSERT_THAT(spool.Append(AsBytes(text)), IsOk());
    ASSERT_THAT(spool.Append(AsBytes(text)), IsOk());
    EXPECT_EQ(AllOf(*std::move(spool).Finish()), text + text);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(SpoolTest, MoreThanTheBoundIsRefused) {
  const Scratch scratch{.folder = "/nowhere", .memory_bytes = 1000, .file_bytes = 100};
  Spool spool(scratch);
  EXPECT_THAT(spool.Append(Bytes(100)), IsOk());
  EXPECT_THAT(spool.Append(Bytes(1)), IsError(Code::kResourceExhausted));
}

TEST(SpoolTest, AFolderThatIsNotThereIsAnError) {
  const Scratch scratch{.folder = "/nowhere/at/all", .memory_bytes = 1, .file_bytes = 100};
  Spool spool(scratch);
  EXPECT_THAT(spool.Append(Bytes(10)), IsError(Code::kNotFound));
}

TEST(ByteStreamTest, TakeHandsOutWhatWasPeekedAndWhatFollows) {
  const Scratch scratch;
  Bytes head(3);
  const ByteStreamPtr stream = StreamOf(ContentOf("0123456789"));
  ASSERT_THAT(stream->Skip(2), IsOk());
  ASSERT_THAT(ReadFull(*stream, head), IsOkAnd(Eq(3U)));
  EXPECT_EQ(AllOf(**stream->Take(head, 4, scratch)), "2345678");
  EXPECT_EQ(*ReadAll(*stream), "9");
}

TEST(ByteStreamTest, SkippingOrTakingPastTheEndIsRefused) {
  const Scratch scratch;
  const ByteStreamPtr stream = StreamOf(ContentOf("0123456789"));
  EXPECT_THAT(stream->Skip(11), IsError(Code::kInvalidArgument));
  EXPECT_THAT(stream->Take({}, UINT64_MAX, scratch), IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::scan
