// SPDX-License-Identifier: Apache-2.0
// A store that this user may read but not write. Root may write everything, so a child does it as
// somebody else.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test_disk.h"
#include "keystore/sqlite_keystore.h"

namespace vallum::keystore {
namespace {

constexpr uid_t kNobody = 65534;

// The code that opening gives to an ordinary user, or nothing when it works.
std::optional<Code> OpenAsOrdinaryUser(const std::filesystem::path& path) {
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setresuid(kNobody, kNobody, kNobody) != 0) _exit(254);
    const auto store = OpenSqliteKeystore(path);
    _exit(store ? 255 : static_cast<int>(store.error().code()));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) == 255) return std::nullopt;
  return static_cast<Code>(WEXITSTATUS(status));
}

TEST(SqlitePermissionTest, AReadOnlyFileIsPermissionDenied) {
  const ScratchFolder folder;
  { ASSERT_TRUE(OpenSqliteKeystore(folder / "store.db")); }
  chmod(folder.path().c_str(), 0777);
  chmod((folder / "store.db").c_str(), 0444);
  std::filesystem::remove(folder / "store.db.lock");
  EXPECT_EQ(OpenAsOrdinaryUser(folder / "store.db"), Code::kPermissionDenied);
}

TEST(SqlitePermissionTest, AnUnreadableFileIsPermissionDenied) {
  const ScratchFolder folder;
  { ASSERT_TRUE(OpenSqliteKeystore(folder / "store.db")); }
  chmod(folder.path().c_str(), 0777);
  chmod((folder / "store.db").c_str(), 0);
  std::filesystem::remove(folder / "store.db.lock");
  EXPECT_EQ(OpenAsOrdinaryUser(folder / "store.db"), Code::kPermissionDenied);
}

TEST(SqlitePermissionTest, AReadOnlyFolderIsPermissionDenied) {
  const ScratchFolder folder;
  chmod(folder.path().c_str(), 0555);
  EXPECT_EQ(OpenAsOrdinaryUser(folder / "store.db"), Code::kPermissionDenied);
}

}  // namespace
}  // namespace vallum::keystore
