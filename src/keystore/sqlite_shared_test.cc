// SPDX-License-Identifier: Apache-2.0
#include "keystore/sqlite_shared.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test_matchers.h"
#include "keystore/keystore_contract_test.h"

namespace vallum::keystore {
namespace {

class SharedFixture final : public StoreFixture {
 public:
  SharedFixture() : store_(*OpenSharedSqliteKeystore(folder_ / "store.db", Missing::kCreate)) {}
  Keystore& store() override { return *store_; }

 private:
  ScratchFolder folder_;
  std::unique_ptr<Keystore> store_;
};

std::unique_ptr<StoreFixture> MakeSharedFixture() { return std::make_unique<SharedFixture>(); }

INSTANTIATE_TEST_SUITE_P(Shared, KeystoreContractTest, testing::Values(&MakeSharedFixture));

class SharedKeystoreTest : public testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "store.db"; }
  std::unique_ptr<Keystore> Open() {
    auto store = OpenSharedSqliteKeystore(path(), Missing::kCreate);
    EXPECT_THAT(store, IsOk());
    return store ? *std::move(store) : nullptr;
  }
  ScratchFolder folder_;
};

// Adds one to a counter `rounds` times, trying again on a conflict.
int Count(Keystore& store, int rounds) {
  for (int done = 0; done < rounds;) {
    const auto now = store.Get("counter");
    if (!now) return 1;
    const int value = std::stoi(std::string(AsText(now->value))) + 1;
    Transaction next;
    next.RequireRevision("counter", now->revision).Put("counter", Value(std::to_string(value)));
    const auto committed = store.Commit(next);
    if (committed) ++done;
    if (!committed && committed.error().code() != Code::kConflict) return 2;
  }
  return 0;
}

int ExitCodeOf(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(SharedKeystoreTest, AMissingFileIsMadeOnlyWhenAskedFor) {
  EXPECT_THAT(OpenSharedSqliteKeystore(path(), Missing::kFail), IsError(Code::kNotFound));
  EXPECT_NE(Open(), nullptr);
  EXPECT_THAT(OpenSharedSqliteKeystore(path(), Missing::kFail), IsOk());
}

TEST_F(SharedKeystoreTest, ForkedProcessesCountTogetherWithoutLosingOne) {
  const auto store = Open();
  ASSERT_THAT(store->Commit(Transaction().Put("counter", Value("0"))), IsOk());
  const pid_t first = fork();
  if (first == 0) _exit(Count(*store, 100));
  const pid_t second = fork();
  if (second == 0) _exit(Count(*OpenSharedSqliteKeystore(path(), Missing::kFail).value(), 100));
  EXPECT_EQ(Count(*store, 100), 0);
  EXPECT_EQ(ExitCodeOf(first), 0);
  EXPECT_EQ(ExitCodeOf(second), 0);
  EXPECT_EQ(store->Get("counter")->value, Value("300"));
}

TEST_F(SharedKeystoreTest, AKilledWriterHarmsNobody) {
  const auto store = Open();
  ASSERT_THAT(store->Commit(Transaction().Put("counter", Value("0"))), IsOk());
  for (int round = 0; round < 20; ++round) {
    const pid_t child = fork();
    if (child == 0) _exit(Count(*store, 1'000'000));
    usleep(static_cast<useconds_t>(1000 * (round % 7)));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    ASSERT_EQ(Count(*store, 3), 0) << "round " << round;
  }
}

}  // namespace
}  // namespace vallum::keystore
