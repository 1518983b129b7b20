// SPDX-License-Identifier: Apache-2.0
#include "base/lock_file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace vallum {
namespace {

class LockFileTest : public testing::Test {
 protected:
  LockFileTest() {
    std::string name = testing::TempDir() + "vallum-lock-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~LockFileTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path path() const { return folder_ / "lock"; }
  std::filesystem::path folder_;
};

TEST_F(LockFileTest, ASecondHolderIsRefusedAndToldWhoHoldsIt) {
  auto first = LockFile::Acquire(path());
  ASSERT_TRUE(first) << first.error().ToString();
  const auto second = LockFile::Acquire(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kUnavailable);
  EXPECT_NE(second.error().message().find("process " + std::to_string(getpid())),
            std::string::npos);
}

TEST_F(LockFileTest, ItIsFreeAgainWhenTheHolderGoes) {
  { ASSERT_TRUE(LockFile::Acquire(path())); }
  EXPECT_TRUE(LockFile::Acquire(path()));
}

TEST_F(LockFileTest, TheDeathOfTheHolderFreesIt) {
  const pid_t child = fork();
  if (child == 0) {
    const auto held = LockFile::Acquire(path());
    _exit(held ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(LockFile::Acquire(path()));
}

TEST_F(LockFileTest, AMissingFolderIsNotFound) {
  const auto lock = LockFile::Acquire(folder_ / "missing" / "lock");
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code(), Code::kNotFound);
}

TEST_F(LockFileTest, ASymbolicLinkIsNotFollowed) {
  std::filesystem::create_symlink(folder_ / "elsewhere", path());
  EXPECT_FALSE(LockFile::Acquire(path()));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
}

}  // namespace
}  // namespace vallum
