// SPDX-License-Identifier: Apache-2.0
// The log on a disk that fills up.
#include <fstream>

#include "audit/layout.h"
#include "audit/test_support.h"
#include "base/test_disk.h"

namespace vallum::audit {
namespace {

namespace fs = std::filesystem;

class TileLogDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!disk_.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
    log_ = OpenTestLog(disk_ / "log");
    key_ = log_->VerifierKey();
  }

  // Leaves no more than a few KiB.
  void FillDisk() { std::ofstream(disk_ / "ballast") << std::string(4 << 20, 'x'); }
  void FreeDisk() { fs::remove(disk_ / "ballast"); }

  // Appends until that fails and returns the error.
  Error AppendUntilFull() {
    for (int i = 0; i < 100000; ++i) {
      const auto index = log_->Append(TestRecord(1));
      if (!index) return index.error();
      ++acknowledged_;
    }
    return Internal("the disk never filled up");
  }

  SmallDisk disk_{"2m"};
  std::unique_ptr<AuditLog> log_;
  std::string key_;
  std::uint64_t acknowledged_ = 0;
};

TEST_F(TileLogDiskTest, AFullDiskRefusesEveryAppendUntilReopen) {
  AppendRecords(*log_, 10);
  acknowledged_ = 10;
  FillDisk();
  const Error cause = AppendUntilFull();
  EXPECT_EQ(cause.code(), Code::kStorageFull) << cause.ToString();
  EXPECT_THAT(log_->Append(TestRecord(1)), IsError(Code::kStorageFull));
  EXPECT_THAT(log_->health(), IsError(Code::kStorageFull));
  EXPECT_THAT(log_->Reopen(), IsError(Code::kStorageFull));
  EXPECT_EQ(log_->size(), acknowledged_);

  FreeDisk();
  EXPECT_THAT(log_->Append(TestRecord(1)), IsError(Code::kStorageFull));
  ASSERT_THAT(log_->Reopen(), IsOk());
  EXPECT_THAT(log_->health(), IsOk());
  EXPECT_THAT(log_->Append(TestRecord(1)), IsOkAnd(testing::Eq(acknowledged_)));
  log_.reset();
  EXPECT_EQ(VerifyTestLog(disk_ / "log", key_)->size, acknowledged_ + 1);
}

TEST_F(TileLogDiskTest, AfterAFullDiskAndARestartAllAcknowledgedEntriesAreThere) {
  FillDisk();
  AppendUntilFull();
  log_.reset();
  FreeDisk();
  log_ = OpenTestLog(disk_ / "log");
  EXPECT_EQ(log_->size(), acknowledged_);
  log_.reset();
  EXPECT_EQ(VerifyTestLog(disk_ / "log", key_)->size, acknowledged_);
}

TEST_F(TileLogDiskTest, ACheckpointThatCannotBeStoredStopsTheLog) {
  AppendRecords(*log_, 10);
  FillDisk();
  AppendUntilFull();
  EXPECT_THAT(log_->Checkpoint(), IsError(Code::kStorageFull));
}

TEST_F(TileLogDiskTest, ReopenOfAHealthyLogDoesNothing) { EXPECT_THAT(log_->Reopen(), IsOk()); }

TEST_F(TileLogDiskTest, AReadOnlyDiskIsRefused) {
  log_.reset();
  ASSERT_TRUE(disk_.MakeReadOnly());
  const SystemClock clock;
  EXPECT_THAT(AuditLog::Open(TestOptions(disk_ / "log"), TestCrypto(), clock),
              IsError(Code::kPermissionDenied));
}

}  // namespace
}  // namespace vallum::audit
