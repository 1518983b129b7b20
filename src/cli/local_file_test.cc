// SPDX-License-Identifier: Apache-2.0
#include "cli/local_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/test_matchers.h"

namespace vallum::cli {
namespace {

class LocalFileTest : public testing::Test {
 protected:
  std::filesystem::path File(std::string_view name) const { return folder_.path() / name; }
  std::size_t FileCount() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path()),
                      std::filesystem::directory_iterator()));
  }
  ScratchFolder folder_;
};

TEST_F(LocalFileTest, OutputAppearsOnlyWhenCommitted) {
  OutputFile output = OutputFile::Create(File("out"), 0600).value();
  ASSERT_THAT(output.WriteAt(3, {AsBytes("de"), AsBytes("f")}), IsOk());
  ASSERT_THAT(output.WriteAt(0, {AsBytes("abc")}), IsOk());
  EXPECT_FALSE(std::filesystem::exists(File("out")));
  ASSERT_THAT(output.Commit(), IsOk());
  EXPECT_THAT(ReadInputFile(File("out"), 100), IsOkAnd(ToBytes(AsBytes("abcdef"))));
  EXPECT_EQ(FileCount(), 1u);
}

TEST_F(LocalFileTest, AnAbandonedOutputLeavesNothing) {
  {
    OutputFile output = OutputFile::Create(File("out"), 0600).value();
    ASSERT_THAT(output.WriteAt(0, {AsBytes("abc")}), IsOk());
  }
  EXPECT_EQ(FileCount(), 0u);
}

TEST_F(LocalFileTest, CommitReplacesAndAnAbandonedOutputDoesNot) {
  ASSERT_THAT(WriteOutputFile(File("out"), AsBytes("old"), 0600), IsOk());
  { OutputFile abandoned = OutputFile::Create(File("out"), 0600).value(); }
  EXPECT_THAT(ReadInputFile(File("out"), 100), IsOkAnd(ToBytes(AsBytes("old"))));
  ASSERT_THAT(WriteOutputFile(File("out"), AsBytes("new"), 0600), IsOk());
  EXPECT_THAT(ReadInputFile(File("out"), 100), IsOkAnd(ToBytes(AsBytes("new"))));
}

TEST_F(LocalFileTest, ModesAreAsAsked) {
  ASSERT_THAT(WriteOutputFile(File("secret"), AsBytes("x"), 0600), IsOk());
  struct stat info {};
  ASSERT_EQ(::stat(File("secret").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(LocalFileTest, MissingFilesAndFoldersAreLocalFailures) {
  EXPECT_THAT(OpenInput(File("none")), IsError(Code::kStorage));
  EXPECT_THAT(ReadInputFile(File("none"), 100), IsError(Code::kStorage));
  EXPECT_THAT(OutputFile::Create(File("no/such/out"), 0600), IsError(Code::kStorage));
  EXPECT_THAT(OpenInput(folder_.path()),
              IsError(Code::kStorage, testing::HasSubstr("is a folder")));
  EXPECT_THAT(OutputFile::Create(folder_.path(), 0600), IsError(Code::kStorage));
}

TEST_F(LocalFileTest, AFullDiskIsSaidAsSuch) {
  EXPECT_EQ(LocalFileError(ErrnoError(ENOSPC, "writing")).code(), Code::kStorageFull);
  EXPECT_EQ(LocalFileError(ErrnoError(ENOENT, "reading")).code(), Code::kStorage);
}

TEST_F(LocalFileTest, OnlyRegularFilesHaveASize) {
  ASSERT_THAT(WriteOutputFile(File("out"), AsBytes("12345"), 0600), IsOk());
  EXPECT_EQ(SizeOf(OpenInput(File("out")).value()), 5u);
  EXPECT_EQ(SizeOf(OpenInput("/dev/null").value()), std::nullopt);
}

}  // namespace
}  // namespace vallum::cli
