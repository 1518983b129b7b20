// SPDX-License-Identifier: Apache-2.0
#include "keystore/sqlite_keystore.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/test_disk.h"
#include "keystore/keystore_contract_test.h"
#include "keystore/sqlite_connection.h"
#include "keystore/sqlite_store.h"

namespace vallum::keystore {
namespace {

namespace fs = std::filesystem;

class SqliteFixture final : public StoreFixture {
 public:
  SqliteFixture() : store_(*OpenSqliteKeystore(folder_ / "store.db")) {}
  Keystore& store() override { return *store_; }

 private:
  ScratchFolder folder_;
  std::unique_ptr<Keystore> store_;
};

std::unique_ptr<StoreFixture> MakeSqliteFixture() { return std::make_unique<SqliteFixture>(); }

INSTANTIATE_TEST_SUITE_P(Sqlite, KeystoreContractTest, testing::Values(&MakeSqliteFixture));

class SqliteKeystoreTest : public testing::Test {
 protected:
  fs::path path() const { return folder_ / "store.db"; }

  // A store with `count` entries of 100 bytes, closed again.
  void MakeStore(int count = 1) {
    const auto store = OpenSqliteKeystore(path());
    ASSERT_TRUE(store) << store.error().ToString();
    Transaction transaction;
    for (int i = 0; i < count; ++i) transaction.Put("key/" + std::to_string(i), Bytes(100, 7));
    ASSERT_TRUE((*store)->Commit(transaction));
  }

  void ExpectOpenFails(Code code, std::string_view part) {
    const auto store = OpenSqliteKeystore(path());
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code(), code) << store.error().ToString();
    EXPECT_NE(store.error().message().find(part), std::string::npos) << store.error().message();
  }

  void Overwrite(std::size_t offset, std::string_view bytes) {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(offset));
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  ScratchFolder folder_;
};

TEST_F(SqliteKeystoreTest, LeavesNothingOfADeletedValueInItsFileOnceClosed) {
  const std::string canary = "canary-of-a-destroyed-key";
  {
    const auto store = *OpenSqliteKeystore(path());
    Transaction put;
    Transaction destroy;
    for (int i = 0; i < 64; ++i) {
      put.Put("key/" + std::to_string(i), ToBytes(AsBytes(canary)));
      destroy.Delete("key/" + std::to_string(i));
    }
    ASSERT_TRUE(store->Commit(put));
    ASSERT_TRUE(store->Commit(destroy));
  }
  for (const auto& file : fs::directory_iterator(path().parent_path())) {
    const Bytes content = *ReadFile(file.path());
    EXPECT_EQ(AsText(content).find(canary), std::string_view::npos) << file.path();
  }
}

TEST_F(SqliteKeystoreTest, EntriesSurviveClosing) {
  MakeStore();
  const auto store = OpenSqliteKeystore(path());
  ASSERT_TRUE(store) << store.error().ToString();
  EXPECT_EQ((*store)->Get("key/0")->value, Bytes(100, 7));
}

TEST_F(SqliteKeystoreTest, RevisionsGoOnAfterClosing) {
  MakeStore();
  const auto store = OpenSqliteKeystore(path());
  const Revision before = (*store)->Get("key/0")->revision;
  ASSERT_TRUE((*store)->Commit(Transaction().Delete("key/0")));
  EXPECT_EQ(*(*store)->Commit(Transaction().Put("key/0", {})), before + 2);
}

TEST_F(SqliteKeystoreTest, OnlyTheOwnerCanReadTheFiles) {
  const auto store = OpenSqliteKeystore(path());
  ASSERT_TRUE((*store)->Commit(Transaction().Put("a", {})));
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    struct stat info = {};
    ASSERT_EQ(stat((path().string() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(SqliteKeystoreTest, ASecondOpenerIsToldWhoHasIt) {
  const auto store = OpenSqliteKeystore(path());
  ExpectOpenFails(Code::kUnavailable, "process " + std::to_string(getpid()));
}

TEST_F(SqliteKeystoreTest, ANewerVersionIsRefused) {
  MakeStore();
  {
    auto connection = Connection::Open(path(), Connection::Access::kReadWrite);
    ASSERT_TRUE(connection->Execute("PRAGMA user_version = 2"));
  }
  ExpectOpenFails(Code::kStorageVersion, "format 2");
}

TEST_F(SqliteKeystoreTest, AnotherProgramsDatabaseIsRefused) {
  MakeStore();
  Overwrite(68, "ABCD");
  ExpectOpenFails(Code::kIntegrity, "not a Vallum store");
}

TEST_F(SqliteKeystoreTest, AFileThatIsNoDatabaseIsRefused) {
  std::ofstream(path()) << std::string(5000, 'x');
  ExpectOpenFails(Code::kIntegrity, "not a Vallum store");
}

TEST_F(SqliteKeystoreTest, ATruncatedFileIsRefusedAtEveryLength) {
  MakeStore(200);
  const auto whole = fs::file_size(path());
  ASSERT_GT(whole, 5u * 4096);
  for (std::uintmax_t size = 0; size < whole; size += 1500) {
    const ScratchFolder copy;
    fs::copy_file(path(), copy / "store.db");
    fs::resize_file(copy / "store.db", size);
    const auto store = OpenSqliteKeystore(copy / "store.db");
    ASSERT_FALSE(store) << size;
    EXPECT_EQ(store.error().code(), Code::kIntegrity) << size;
    EXPECT_NE(store.error().message().find("restore"), std::string::npos);
  }
}

TEST_F(SqliteKeystoreTest, ADamagedPageIsRefused) {
  MakeStore(200);
  Overwrite(fs::file_size(path()) - 4096, std::string(64, '\x5a'));
  ExpectOpenFails(Code::kIntegrity, "restore");
}

TEST_F(SqliteKeystoreTest, ALogWithoutItsFileIsRefused) {
  MakeStore();
  fs::rename(path(), path().string() + "-wal");
  ExpectOpenFails(Code::kIntegrity, "write-ahead log");
}

TEST_F(SqliteKeystoreTest, AMissingFolderIsNotFound) {
  const auto store = OpenSqliteKeystore(folder_ / "missing" / "store.db");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), Code::kNotFound);
}

TEST_F(SqliteKeystoreTest, WhatACrashLeftOfACreationIsReplaced) {
  std::ofstream(path().string() + ".new") << "half a store";
  MakeStore();
  EXPECT_FALSE(fs::exists(path().string() + ".new"));
}

TEST_F(SqliteKeystoreTest, ConcurrentCommitsShareAGroup) {
  const auto store = SqliteStore::Open(path());
  ASSERT_TRUE(store) << store.error().ToString();
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) {
        EXPECT_TRUE((*store)->Commit(Transaction().Put(std::to_string(i), Bytes(10))));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto stats = (*store)->stats();
  EXPECT_EQ(stats.commits, 32u * 20);
  EXPECT_LT(stats.groups, stats.commits / 2);
}

TEST_F(SqliteKeystoreTest, ALoneCommitIsAGroup) {
  const auto store = SqliteStore::Open(path());
  ASSERT_TRUE((*store)->Commit(Transaction().Put("a", {})));
  ASSERT_FALSE((*store)->Commit(Transaction().RequireAbsent("a").Put("a", {})));
  EXPECT_EQ((*store)->stats().commits, 1u);
  EXPECT_EQ((*store)->stats().groups, 1u);
}

TEST(SqliteDiskTest, AFullDiskWritesNothingAndLaterWorksAgain) {
  SmallDisk disk("2m");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
  const auto store = OpenSqliteKeystore(disk / "store.db");
  ASSERT_TRUE(store) << store.error().ToString();
  std::ofstream(disk / "ballast") << std::string(1 << 20, 'x');
  int written = 0;
  auto put = [&](int i) {
    return (*store)->Commit(Transaction()
                                .Put("first/" + std::to_string(i), Bytes(20000, 1))
                                .Put("second/" + std::to_string(i), Bytes(20000, 2)));
  };
  Result<Revision> last = put(0);
  while (last && written < 1000) last = put(++written);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code(), Code::kStorageFull) << last.error().ToString();
  EXPECT_FALSE((*store)->Get("first/" + std::to_string(written)));
  EXPECT_FALSE((*store)->Get("second/" + std::to_string(written)));
  EXPECT_EQ((*store)->List("first/", "", 10000)->size(), static_cast<std::size_t>(written));
  fs::remove(disk / "ballast");
  const auto again = put(written);
  EXPECT_TRUE(again) << again.error().ToString();
}

TEST(SqliteDiskTest, AStoreOnAFullDiskCanStillBeOpenedAndRead) {
  SmallDisk disk("1m");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
  {
    const auto store = OpenSqliteKeystore(disk / "store.db");
    ASSERT_TRUE((*store)->Commit(Transaction().Put("a", Bytes(100))));
  }
  std::ofstream(disk / "ballast") << std::string(2 << 20, 'x');
  const auto store = OpenSqliteKeystore(disk / "store.db");
  if (!store) {
    EXPECT_EQ(store.error().code(), Code::kStorageFull) << store.error().ToString();
    return;
  }
  EXPECT_TRUE((*store)->Get("a"));
}

TEST(SqliteDiskTest, AReadOnlyDiskIsPermissionDenied) {
  SmallDisk disk("1m");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
  { ASSERT_TRUE(OpenSqliteKeystore(disk / "store.db")); }
  ASSERT_TRUE(disk.MakeReadOnly());
  const auto store = OpenSqliteKeystore(disk / "store.db");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code(), Code::kPermissionDenied) << store.error().ToString();
}

}  // namespace
}  // namespace vallum::keystore
