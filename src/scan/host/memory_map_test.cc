// SPDX-License-Identifier: Apache-2.0
#include "scan/host/memory_map.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "base/test_matchers.h"
#include "scan/host/process.h"

namespace vallum::scan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

TEST(ParseMapsTest, EachFileIsThereOnceWithItsFirstRange) {
  const auto files = ParseMaps(
      "55d0c0e00000-55d0c0e02000 r--p 00000000 fe:00 1310 /usr/bin/a b\n"
      "55d0c0e02000-55d0c0e07000 r-xp 00002000 fe:00 1310 /usr/bin/a b\n"
      "55d0c2a00000-55d0c2a21000 rw-p 00000000 00:00 0    [heap]\n"
      "7f00a0000000-7f00a0001000 rw-p 00000000 00:00 0 \n"
      "7f00b0000000-7f00b0001000 r-xp 00000000 fe:00 77   /lib/x.so (deleted)\n");
  ASSERT_THAT(files, IsOk());
  EXPECT_THAT(*files,
              ElementsAre(MappedFile{"/usr/bin/a b", "fe:00", 1310, "55d0c0e00000-55d0c0e02000"},
                          MappedFile{"/lib/x.so", "fe:00", 77, "7f00b0000000-7f00b0001000", true}));
}

TEST(ParseMapsTest, DevicesAndSharedMemoryAreNoFiles) {
  EXPECT_THAT(
      ParseMaps("1-2 rw-s 0 00:05 9 /dev/zero (deleted)\n1-2 rw-s 0 00:01 4 /SYSV00 (deleted)\n"
                "1-2 rw-s 0 00:0e 5 anon_inode:[perf_event]\n"),
      IsOkAnd(IsEmpty()));
}

TEST(ParseMapsTest, CodeThatNeverHadANameIsNotCalledDeleted) {
  const auto files = ParseMaps("1-2 r-xp 0 00:01 4 /memfd:lib (deleted)\n");
  EXPECT_THAT(files, IsOkAnd(ElementsAre(MappedFile{"/memfd:lib", "00:01", 4, "1-2", false})));
}

TEST(ParseMapsTest, ALineFeedInANameComesBack) {
  const auto files = ParseMaps("1-2 r-xp 0 fe:00 4 /tmp/a\\012b\n");
  EXPECT_THAT(files, IsOkAnd(ElementsAre(Field(&MappedFile::path, "/tmp/a\nb"))));
}

TEST(ParseMapsTest, ALineOfAnotherFormIsAnError) {
  for (const char* line :
       {"x", "1-2 r-xp 0 fe:00", "1-2 r-xp 0 fe:00 x /a", "12 r-xp 0 fe:00 4 /a"}) {
    EXPECT_THAT(ParseMaps(line), IsError(Code::kInvalidArgument)) << line;
  }
}

TEST(ReadProcessTest, SeesItself) {
  const auto process = ReadProcess("/proc/self", static_cast<std::uint32_t>(::getpid()));
  ASSERT_THAT(process, IsOk());
  EXPECT_EQ(process->executable, std::filesystem::read_symlink("/proc/self/exe"));
  EXPECT_THAT(process->files, Contains(Field(&MappedFile::path, process->executable)));
  EXPECT_TRUE(process->mount_namespace.starts_with("mnt:["));
}

TEST(ReadProcessTest, AProcessThatIsNotThereIsNotFound) {
  EXPECT_THAT(ReadProcess("/proc/4194305", 4194305), IsError(Code::kNotFound));
}

TEST(ReadProcFileTest, MoreThanMayBeReadIsRefused) {
  EXPECT_THAT(ReadProcFile("/proc/self/maps", 10), IsError(Code::kResourceExhausted));
}

}  // namespace
}  // namespace vallum::scan
