// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "base/test_matchers.h"

namespace vallum {
namespace {

namespace fs = std::filesystem;
using testing::Eq;
using testing::HasSubstr;

mode_t ModeOf(const fs::path& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

std::size_t FilesIn(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

bool IsClosed(int fd) { return fcntl(fd, F_GETFD) == -1 && errno == EBADF; }

TEST(FileDescriptorTest, ClosesWhatItOwns) {
  const int raw = open("/dev/null", O_RDONLY | O_CLOEXEC);
  {
    FileDescriptor first(raw);
    FileDescriptor second(std::move(first));
    EXPECT_EQ(second.get(), raw);
    EXPECT_FALSE(first.valid());  // NOLINT: what moving leaves is the point
    EXPECT_FALSE(IsClosed(raw));
  }
  EXPECT_TRUE(IsClosed(raw));
}

TEST(FileDescriptorTest, AssignmentClosesTheOldOne) {
  FileDescriptor target(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int old = target.get();
  FileDescriptor source(open("/dev/null", O_RDONLY | O_CLOEXEC));
  target = std::move(source);
  EXPECT_TRUE(IsClosed(old));
  EXPECT_TRUE(target.valid());
}

TEST(FileDescriptorTest, ReleaseGivesTheDescriptorAway) {
  FileDescriptor file(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const FileDescriptor given(file.Release());
  EXPECT_FALSE(file.valid());
  EXPECT_FALSE(IsClosed(given.get()));
}

TEST(FileTest, ErrnoBecomesACode) {
  EXPECT_EQ(ErrnoError(ENOSPC, "x").code(), Code::kStorageFull);
  EXPECT_EQ(ErrnoError(EDQUOT, "x").code(), Code::kStorageFull);
  EXPECT_EQ(ErrnoError(ENOENT, "x").code(), Code::kNotFound);
  EXPECT_EQ(ErrnoError(EIO, "x").code(), Code::kStorage);
  EXPECT_EQ(ErrnoError(EIO, "writing a").message(), "writing a: Input/output error");
}

TEST(FileTest, ReadsWhatWasWritten) {
  const ScratchFolder folder;
  for (const std::size_t size : {0, 1, 4096, 65536, 65537, 300000}) {
    const Bytes content(size, 0x5a);
    ASSERT_THAT(WriteFileDurably(folder / "a", content, 0644), IsOk());
    EXPECT_THAT(ReadFile(folder / "a"), IsOkAnd(Eq(content)));
  }
}

TEST(FileTest, ReadsFilesThatClaimToBeEmpty) {
  const auto content = ReadFile("/proc/self/status");
  ASSERT_THAT(content, IsOk());
  EXPECT_THAT(std::string(AsText(*content)), HasSubstr("VmRSS"));
}

TEST(FileTest, ReadsExactlyTheLimitAndRefusesOneMore) {
  const ScratchFolder folder;
  ASSERT_THAT(WriteFileDurably(folder / "a", Bytes(100, 1), 0600), IsOk());
  EXPECT_THAT(ReadFile(folder / "a", 100), IsOk());
  EXPECT_THAT(ReadFile(folder / "a", 99), IsError(Code::kResourceExhausted, HasSubstr("99")));
  EXPECT_THAT(ReadSecretFile(folder / "a", 100), IsOk());
  EXPECT_THAT(ReadSecretFile(folder / "a", 99), IsError(Code::kResourceExhausted));
}

TEST(FileTest, RefusesAnEndlessFile) {
  EXPECT_THAT(ReadFile("/dev/zero", 200000), IsError(Code::kResourceExhausted));
}

TEST(FileTest, SaysThatAFileIsMissing) {
  const ScratchFolder folder;
  EXPECT_THAT(ReadFile(folder / "no"), IsError(Code::kNotFound, HasSubstr("no")));
  EXPECT_THAT(ReadSecretFile(folder / "no", 10), IsError(Code::kNotFound));
  EXPECT_THAT(WriteFileDurably(folder / "no/a", {}, 0600), IsError(Code::kNotFound));
}

TEST(FileTest, RefusesToReadAFolder) {
  const ScratchFolder folder;
  EXPECT_THAT(ReadFile(folder.path()), IsError(Code::kStorage));
  EXPECT_THAT(ReadSecretFile(folder.path(), 10), IsError(Code::kInvalidArgument));
}

TEST(SecretFileTest, ReadsAPrivateFile) {
  const ScratchFolder folder;
  ASSERT_THAT(WriteFileDurably(folder / "key", AsBytes("hunter2"), 0600), IsOk());
  const auto secret = ReadSecretFile(folder / "key", 64);
  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(AsText(secret->span()), "hunter2");
}

TEST(SecretFileTest, ReadsAnEmptyFile) {
  const ScratchFolder folder;
  ASSERT_THAT(WriteFileDurably(folder / "key", {}, 0400), IsOk());
  const auto secret = ReadSecretFile(folder / "key", 64);
  ASSERT_THAT(secret, IsOk());
  EXPECT_TRUE(secret->empty());
}

TEST(SecretFileTest, RefusesAFileThatOthersCanReadOrWrite) {
  const ScratchFolder folder;
  for (const unsigned mode : {0640U, 0620U, 0604U, 0602U, 0644U}) {
    ASSERT_THAT(WriteFileDurably(folder / "key", AsBytes("hunter2"), mode), IsOk());
    EXPECT_THAT(ReadSecretFile(folder / "key", 64),
                IsError(Code::kPermissionDenied, HasSubstr("chmod 600")));
  }
}

TEST(WriteFileTest, SetsTheModeExactly) {
  const ScratchFolder folder;
  const mode_t old = umask(077);
  EXPECT_THAT(WriteFileDurably(folder / "a", AsBytes("x"), 0644), IsOk());
  umask(0);
  EXPECT_THAT(WriteFileDurably(folder / "b", AsBytes("x"), 0600), IsOk());
  umask(old);
  EXPECT_EQ(ModeOf(folder / "a"), 0644U);
  EXPECT_EQ(ModeOf(folder / "b"), 0600U);
}

TEST(WriteFileTest, ReplacesTheWholeFileAndLeavesNothingElse) {
  const ScratchFolder folder;
  ASSERT_THAT(WriteFileDurably(folder / "a", Bytes(1000, 1), 0600), IsOk());
  ASSERT_THAT(WriteFileDurably(folder / "a", AsBytes("new"), 0600), IsOk());
  EXPECT_THAT(ReadFile(folder / "a"), IsOkAnd(Eq(ToBytes(AsBytes("new")))));
  EXPECT_EQ(FilesIn(folder.path()), 1U);
}

TEST(WriteFileTest, TakesANameWithoutAFolder) {
  const ScratchFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const auto written = WriteFileDurably("a", AsBytes("x"), 0600);
  fs::current_path(before);
  EXPECT_THAT(written, IsOk());
  EXPECT_THAT(ReadFile(folder / "a"), IsOk());
}

TEST(WriteFileTest, TakesTheLongestNameThatAFolderCanHold) {
  const ScratchFolder folder;
  EXPECT_THAT(WriteFileDurably(folder / std::string(255, 'n'), AsBytes("x"), 0600), IsOk());
  EXPECT_THAT(WriteFileDurably(folder / std::string(256, 'n'), AsBytes("x"), 0600),
              IsError(Code::kStorage));
  EXPECT_EQ(FilesIn(folder.path()), 1U);
}

TEST(WriteFileTest, LeavesAFolderOfThatNameAloneAndNoTemporaryFile) {
  const ScratchFolder folder;
  fs::create_directory(folder / "a");
  EXPECT_THAT(WriteFileDurably(folder / "a", AsBytes("x"), 0600), IsError(Code::kStorage));
  EXPECT_TRUE(fs::is_directory(folder / "a"));
  EXPECT_EQ(FilesIn(folder.path()), 1U);
}

TEST(WriteAllTest, SaysThatTheDiskIsFull) {
  const FileDescriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_THAT(WriteAll(full.get(), AsBytes("x"), "writing the log"),
              IsError(Code::kStorageFull, HasSubstr("writing the log")));
}

TEST(WriteAllTest, SaysThatADescriptorIsBad) {
  EXPECT_THAT(WriteAll(-1, AsBytes("x"), "writing"), IsError(Code::kStorage));
  EXPECT_THAT(WriteAll(-1, {}, "writing nothing"), IsOk());
}

// Without privilege, mounting takes a user namespace in which we are root.
bool EnterMountNamespace() {
  const std::string user = "0 " + std::to_string(geteuid()) + " 1";
  const std::string group = "0 " + std::to_string(getegid()) + " 1";
  if (geteuid() == 0) return unshare(CLONE_NEWNS) == 0;
  if (unshare(CLONE_NEWNS | CLONE_NEWUSER) != 0) return false;
  std::ofstream("/proc/self/setgroups") << "deny";
  std::ofstream("/proc/self/uid_map") << user;
  std::ofstream("/proc/self/gid_map") << group;
  return geteuid() == 0 && getegid() == 0;
}

// Runs in a child with a mount namespace of its own. 0 = as expected, 77 = not permitted here.
int FillADisk(const fs::path& folder) {
  if (!EnterMountNamespace()) return 77;
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
  if (mount("none", folder.c_str(), "tmpfs", 0, "size=64k") != 0) return 77;
  const Bytes old(1000, 1);
  if (!WriteFileDurably(folder / "a", old, 0600)) return 1;
  const Status full = WriteFileDurably(folder / "a", Bytes(1 << 20, 2), 0600);
  if (full || full.error().code() != Code::kStorageFull) return 2;
  const auto kept = ReadFile(folder / "a");
  if (!kept || *kept != old) return 3;
  return FilesIn(folder) == 1 ? 0 : 4;
}

TEST(WriteFileTest, KeepsTheOldContentWhenTheDiskIsFull) {
  const ScratchFolder folder;
  const pid_t child = fork();
  if (child == 0) _exit(FillADisk(folder.path()));
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "mounting a small file system is not permitted";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(DirectoriesTest, AreMadeWithTheirParentsAndPrivate) {
  const ScratchFolder folder;
  EXPECT_THAT(CreatePrivateDirectories(folder / "a/b/c"), IsOk());
  EXPECT_EQ(ModeOf(folder / "a"), 0700U);
  EXPECT_EQ(ModeOf(folder / "a/b/c"), 0700U);
}

TEST(DirectoriesTest, ThatExistAreLeftAsTheyAre) {
  const ScratchFolder folder;
  fs::create_directory(folder / "a");
  ASSERT_EQ(chmod((folder / "a").c_str(), 0755), 0);
  EXPECT_THAT(CreatePrivateDirectories(folder / "a/"), IsOk());
  EXPECT_EQ(ModeOf(folder / "a"), 0755U);
}

TEST(DirectoriesTest, AreRefusedWhereAFileStands) {
  const ScratchFolder folder;
  std::ofstream(folder / "a") << "x";
  EXPECT_THAT(CreatePrivateDirectories(folder / "a"), IsError(Code::kInvalidArgument));
  EXPECT_FALSE(CreatePrivateDirectories(folder / "a/b").has_value());
  EXPECT_THAT(CreatePrivateDirectories(""), IsError(Code::kInvalidArgument));
}

TEST(DirectoriesTest, SyncSaysThatAFolderIsMissing) {
  const ScratchFolder folder;
  EXPECT_THAT(SyncDirectory(folder.path()), IsOk());
  EXPECT_THAT(SyncDirectory(folder / "no"), IsError(Code::kNotFound));
}

}  // namespace
}  // namespace vallum
