// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <fstream>
#include <thread>

#include "audit/audit_log.h"
#include "audit/layout.h"
#include "audit/note.h"
#include "audit/test_support.h"

namespace vallum::audit {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class TileLogTest : public testing::Test {
 protected:
  Options SlowOptions() const {
    Options options = TestOptions(folder_.path());
    options.sync_interval = std::chrono::hours(1);
    options.checkpoint_interval = std::chrono::hours(1);
    return options;
  }
  void ExpectOpenFails(Code code, const std::string& part, std::uint64_t minimum = 0) {
    Options options = TestOptions(folder_.path());
    options.minimum_size = minimum;
    const SystemClock clock;
    EXPECT_THAT(AuditLog::Open(options, TestCrypto(), clock), IsError(code, HasSubstr(part)));
  }
  fs::path File(const std::string& path) const { return folder_.path() / path; }
  std::uint64_t CheckpointSize() const {
    return ParseCheckpoint(AsText(*ReadFile(File("checkpoint"))))->head.size;
  }

  ScratchFolder folder_;
};

TEST_F(TileLogTest, IndicesCountFromZero) {
  const auto log = OpenTestLog(folder_.path());
  EXPECT_THAT(log->Append(TestRecord(0)), IsOkAnd(testing::Eq(0u)));
  EXPECT_THAT(log->Append(TestRecord(1)), IsOkAnd(testing::Eq(1u)));
  EXPECT_EQ(log->size(), 2u);
}

TEST_F(TileLogTest, AnEntryIsTheCanonicalRecord) {
  const auto log = OpenTestLog(folder_.path());
  AppendRecords(*log, 300);
  std::string expected;
  Encode(TestRecord(299), expected);
  EXPECT_THAT(log->ReadEntry(299), IsOkAnd(testing::Eq(expected)));
  EXPECT_THAT(log->ReadEntry(300), IsError(Code::kNotFound));
}

TEST_F(TileLogTest, ARecordWithoutATimeGetsTheClocks) {
  const auto log = OpenTestLog(folder_.path());
  const auto before = SystemClock().Now();
  ASSERT_THAT(log->Append(Record()), IsOk());
  EXPECT_GE(Decode(*log->ReadEntry(0))->time, before);
}

TEST_F(TileLogTest, ARecordIsInTheFileWhenAppendReturns) {
  const auto log = OpenTestLog(SlowOptions());
  AppendRecords(*log, 3);
  EXPECT_EQ(SplitBundle(*ReadFile(File("tile/entries/000"))).entries.size(), 3u);
}

TEST_F(TileLogTest, AnOversizedRecordIsRefusedAndTheLogGoesOn) {
  const auto log = OpenTestLog(folder_.path());
  Record record = TestRecord(0);
  record.key_name.assign(70000, 'x');
  EXPECT_THAT(log->Append(record), IsError(Code::kInvalidArgument));
  EXPECT_THAT(log->Append(TestRecord(0)), IsOkAnd(testing::Eq(0u)));
}

TEST_F(TileLogTest, EntriesSurviveClosingAndTheLogGoesOn) {
  MakeTestLog(folder_.path(), 300);
  const auto log = OpenTestLog(folder_.path());
  EXPECT_EQ(log->size(), 300u);
  EXPECT_THAT(log->Append(TestRecord(300)), IsOkAnd(testing::Eq(300u)));
}

TEST_F(TileLogTest, OpeningAtEveryBoundaryGivesALogThatVerifies) {
  std::string key;
  for (const std::uint64_t more : {0, 1, 254, 1, 0, 1, 255, 300, 12}) {
    key = MakeTestLog(folder_.path(), more);
    ASSERT_THAT(VerifyTestLog(folder_.path(), key), IsOk());
  }
  EXPECT_EQ(VerifyTestLog(folder_.path(), key)->size, 824u);
}

TEST_F(TileLogTest, ALogOfThreeLevelsOpensAndVerifies) {
  const std::string key = MakeTestLog(folder_.path(), 65536 + 300);
  EXPECT_EQ(fs::file_size(File("tile/1/000")), kTileBytes);
  {
    const auto log = OpenTestLog(folder_.path());
    AppendRecords(*log, 300);
    EXPECT_EQ(log->ReadTile(2, 0, 1)->size(), kHashSize);
  }
  const auto report = VerifyTestLog(folder_.path(), key);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->size, 65536u + 600);
}

TEST_F(TileLogTest, ANewLogHasACheckpointOfSizeZero) {
  const auto log = OpenTestLog(SlowOptions());
  EXPECT_THAT(log->ReadCheckpoint(), IsOkAnd(HasSubstr("vallum/test\n0\n")));
  EXPECT_EQ(CheckpointSize(), 0u);
}

TEST_F(TileLogTest, CheckpointCoversAllThatWasAppended) {
  const auto log = OpenTestLog(SlowOptions());
  AppendRecords(*log, 700);
  const auto text = log->Checkpoint();
  ASSERT_THAT(text, IsOkAnd(HasSubstr("vallum/test\n700\n")));
  EXPECT_EQ(*log->ReadCheckpoint(), *text);
  EXPECT_EQ(AsText(*ReadFile(File("checkpoint"))), *text);
  EXPECT_THAT(log->Checkpoint(), IsOkAnd(testing::Eq(*text)));
}

TEST_F(TileLogTest, CheckpointsAreMadeByThemselvesAndReported) {
  Options options = TestOptions(folder_.path());
  options.sync_interval = std::chrono::milliseconds(1);
  options.checkpoint_interval = std::chrono::milliseconds(1);
  const auto log = OpenTestLog(options);
  std::atomic<std::uint64_t> reported = 0;
  log->OnCheckpoint([&](std::uint64_t size) {
    reported = size;
    reported.notify_all();
  });
  AppendRecords(*log, 5);
  for (std::uint64_t seen = 0; seen < 5; seen = reported) reported.wait(seen);
  EXPECT_EQ(CheckpointSize(), 5u);
}

TEST_F(TileLogTest, CheckpointsAreMadeWhileOthersSyncAllTheTime) {
  Options options = SlowOptions();
  options.checkpoint_interval = std::chrono::milliseconds(1);
  const auto log = OpenTestLog(options);
  std::atomic<bool> stop = false;
  std::thread busy([&] {
    while (!stop) EXPECT_THAT(log->Sync(*log->Append(TestRecord(1))), IsOk());
  });
  while (CheckpointSize() < 600) std::this_thread::yield();
  EXPECT_THAT(log->Checkpoint(), IsOk());
  stop = true;
  busy.join();
}

TEST_F(TileLogTest, ClosingSignsWhatIsThere) {
  {
    const auto log = OpenTestLog(SlowOptions());
    AppendRecords(*log, 300);
  }
  EXPECT_EQ(CheckpointSize(), 300u);
}

TEST_F(TileLogTest, SyncReturnsForWhatIsThereAndRefusesWhatIsNot) {
  const auto log = OpenTestLog(SlowOptions());
  AppendRecords(*log, 2);
  EXPECT_THAT(log->Sync(1), IsOk());
  EXPECT_THAT(log->Sync(0), IsOk());
  EXPECT_THAT(log->Sync(2), IsError(Code::kNotFound));
}

TEST_F(TileLogTest, SyncEveryAppendSyncs) {
  Options options = SlowOptions();
  options.sync_every_append = true;
  const auto log = OpenTestLog(options);
  AppendRecords(*log, 3);
  EXPECT_EQ(log->size(), 3u);
}

TEST_F(TileLogTest, ManyThreadsAppendWithoutLosingOrRepeatingAnIndex) {
  constexpr int kThreads = 8;
  constexpr int kEach = 500;
  std::string key;
  {
    const auto log = OpenTestLog(folder_.path());
    key = log->VerifierKey();
    std::vector<std::atomic<int>> seen(kThreads * kEach);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          const auto index = log->Append(TestRecord(static_cast<unsigned>(t)));
          ASSERT_THAT(index, IsOk());
          ++seen[*index];
          if (i % 100 != 0) continue;
          ASSERT_THAT(log->Sync(*index), IsOk());
        }
      });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& count : seen) ASSERT_EQ(count, 1);
  }
  EXPECT_EQ(VerifyTestLog(folder_.path(), key)->size, 4000u);
}

TEST_F(TileLogTest, TilesAreServedFromMemoryAndFromFilesAlike) {
  const auto log = OpenTestLog(SlowOptions());
  AppendRecords(*log, 300);
  const auto fresh = log->ReadTile(0, 0, 256);
  ASSERT_THAT(fresh, IsOk());
  ASSERT_THAT(log->Checkpoint(), IsOk());
  EXPECT_EQ(*log->ReadTile(0, 0, 256), *fresh);
  EXPECT_EQ(*ReadFile(File("tile/0/000")), *fresh);
  EXPECT_EQ(log->ReadTile(0, 0, 17)->size(), 17 * kHashSize);
  EXPECT_EQ(*log->ReadTile(0, 1, 44), *ReadFile(File("tile/0/001.p/44")));
  EXPECT_EQ(ToBytes(*TileRoot(TestHash, ParseTile(*fresh, 256))), *log->ReadTile(1, 0, 1));
}

TEST_F(TileLogTest, BundlesAreServedUpToTheWidthAskedFor) {
  const auto log = OpenTestLog(folder_.path());
  AppendRecords(*log, 300);
  EXPECT_EQ(SplitBundle(*log->ReadEntries(0, 256)).entries.size(), 256u);
  const auto part = log->ReadEntries(1, 44);
  ASSERT_THAT(part, IsOk());
  EXPECT_EQ(SplitBundle(*part).used, part->size());
}

TEST_F(TileLogTest, NothingIsServedPastTheEnd) {
  const auto log = OpenTestLog(folder_.path());
  AppendRecords(*log, 300);
  EXPECT_THAT(log->ReadTile(0, 1, 45), IsError(Code::kNotFound));
  EXPECT_THAT(log->ReadTile(0, 2, 1), IsError(Code::kNotFound));
  EXPECT_THAT(log->ReadTile(9, 0, 1), IsError(Code::kNotFound));
  EXPECT_THAT(log->ReadEntries(1, 45), IsError(Code::kNotFound));
  EXPECT_THAT(log->ReadEntries(~0ull, 1), IsError(Code::kNotFound));
  EXPECT_THAT(log->ReadTile(0, 0, 0), IsError(Code::kInvalidArgument));
  EXPECT_THAT(log->ReadTile(0, 0, 257), IsError(Code::kInvalidArgument));
}

TEST_F(TileLogTest, ASecondOpenerIsRefused) {
  const auto log = OpenTestLog(folder_.path());
  ExpectOpenFails(Code::kUnavailable, "is held by process");
}

TEST_F(TileLogTest, AnOriginThatACheckpointCannotCarryIsRefused) {
  Options options = TestOptions(folder_.path());
  options.origin = "two words";
  const SystemClock clock;
  EXPECT_THAT(AuditLog::Open(options, TestCrypto(), clock), IsError(Code::kInvalidArgument));
}

TEST_F(TileLogTest, AnIncompleteLastEntryIsCutOff) {
  const std::string key = MakeTestLog(folder_.path(), 300);
  const auto whole = fs::file_size(File("tile/entries/001"));
  std::ofstream(File("tile/entries/001"), std::ios::app) << std::string("\x01\x00{\"time\"", 9);
  {
    const auto log = OpenTestLog(folder_.path());
    EXPECT_EQ(log->size(), 300u);
  }
  EXPECT_EQ(fs::file_size(File("tile/entries/001")), whole);
  EXPECT_THAT(VerifyTestLog(folder_.path(), key), IsOk());
}

TEST_F(TileLogTest, ZerosThatAPowerFailureLeftAreCutOff) {
  MakeTestLog(folder_.path(), 300);
  fs::resize_file(File("tile/entries/001"), 100000);
  EXPECT_EQ(OpenTestLog(folder_.path())->size(), 300u);
}

TEST_F(TileLogTest, BundlesAfterAnUnsyncedGapAreRemoved) {
  MakeTestLog(folder_.path(), 300);
  fs::copy_file(File("tile/entries/001"), File("tile/entries/002"));
  EXPECT_EQ(OpenTestLog(folder_.path())->size(), 300u);
  EXPECT_FALSE(fs::exists(File("tile/entries/002")));
}

TEST_F(TileLogTest, GarbageAfterTheLastEntryIsIntegrity) {
  MakeTestLog(folder_.path(), 300);
  std::ofstream(File("tile/entries/001"), std::ios::app) << std::string("\0\x02xx", 4);
  ExpectOpenFails(Code::kIntegrity, "no entry 300");
}

TEST_F(TileLogTest, ACutOffLogIsIntegrity) {
  MakeTestLog(folder_.path(), 300);
  fs::resize_file(File("tile/entries/001"), fs::file_size(File("tile/entries/001")) - 10);
  ExpectOpenFails(Code::kIntegrity, "cut off");
}

TEST_F(TileLogTest, ALogShorterThanTheStoreRemembersIsIntegrity) {
  MakeTestLog(folder_.path(), 300);
  ExpectOpenFails(Code::kIntegrity, "remembers 301", 301);
}

TEST_F(TileLogTest, AnOlderCopyOfTheWholeLogIsIntegrity) {
  MakeTestLog(folder_.path(), 300);
  const ScratchFolder copy;
  fs::copy(folder_.path(), copy / "log", fs::copy_options::recursive);
  MakeTestLog(folder_.path(), 100);
  Options options = TestOptions(copy / "log");
  options.minimum_size = 400;
  const SystemClock clock;
  EXPECT_THAT(AuditLog::Open(options, TestCrypto(), clock), IsError(Code::kIntegrity));
}

TEST_F(TileLogTest, ALogWithoutItsFilesIsIntegrityWhenTheStoreRemembersIt) {
  ExpectOpenFails(Code::kIntegrity, "remembers 5", 5);
}

TEST_F(TileLogTest, AnAlteredRecentEntryIsIntegrity) {
  MakeTestLog(folder_.path(), 300);
  RewriteFile(File("tile/entries/001"), [](Bytes& bytes) { bytes[20] ^= 1; });
  ExpectOpenFails(Code::kIntegrity, "does not match its checkpoint");
}

TEST_F(TileLogTest, AnAlteredTileIsIntegrity) {
  MakeTestLog(folder_.path(), 300);
  RewriteFile(File("tile/0/000"), [](Bytes& bytes) { bytes[20] ^= 1; });
  ExpectOpenFails(Code::kIntegrity, "does not match its checkpoint");
}

TEST_F(TileLogTest, TilesThatAPowerFailureToreAreMadeAgain) {
  const std::string key = MakeTestLog(folder_.path(), 600);
  fs::resize_file(File("tile/0/000"), 0);
  RewriteFile(File("tile/0/001"), [](Bytes& bytes) { std::fill_n(bytes.begin() + 4096, 4096, 0); });
  fs::remove_all(File("tile/0/002.p"));
  EXPECT_THAT(VerifyTestLog(folder_.path(), key), IsError(Code::kIntegrity));
  EXPECT_EQ(OpenTestLog(folder_.path())->size(), 600u);
  EXPECT_THAT(VerifyTestLog(folder_.path(), key), IsOk());
}

TEST_F(TileLogTest, ATornTileOfAlteredEntriesIsIntegrity) {
  MakeTestLog(folder_.path(), 600);
  fs::remove(File("tile/0/000"));
  RewriteFile(File("tile/entries/000"), [](Bytes& bytes) { bytes[20] ^= 1; });
  ExpectOpenFails(Code::kIntegrity, "does not match its checkpoint");
}

TEST_F(TileLogTest, AMissingTileWithoutItsEntriesIsIntegrity) {
  MakeTestLog(folder_.path(), 600);
  fs::remove(File("tile/0/000"));
  fs::remove(File("tile/entries/000"));
  ExpectOpenFails(Code::kIntegrity, "tile/0/000");
}

TEST_F(TileLogTest, AnAlteredCheckpointIsIntegrity) {
  MakeTestLog(folder_.path(), 300);
  RewriteFile(File("checkpoint"), [](Bytes& bytes) { bytes[bytes.size() - 20] ^= 1; });
  ExpectOpenFails(Code::kIntegrity, "checkpoint");
}

TEST_F(TileLogTest, AnotherLogsFolderIsIntegrity) {
  MakeTestLog(folder_.path(), 3);
  Options options = TestOptions(folder_.path());
  options.origin = "vallum/other";
  const SystemClock clock;
  EXPECT_THAT(AuditLog::Open(options, TestCrypto(), clock),
              IsError(Code::kIntegrity, HasSubstr("vallum/test")));
}

TEST_F(TileLogTest, WhenTheModuleCannotHashAppendFailsWithItsError) {
  Crypto crypto = TestCrypto();
  std::atomic<bool> broken = false;
  crypto.sha256 = [&](std::initializer_list<ByteSpan> parts) -> Result<Hash> {
    if (broken) return Error(Code::kModuleState, "the module is in its error state");
    return TestHash(parts);
  };
  const SystemClock clock;
  const auto log = AuditLog::Open(TestOptions(folder_.path()), crypto, clock);
  ASSERT_THAT(log, IsOk());
  broken = true;
  EXPECT_THAT((*log)->Append(TestRecord(0)), IsError(Code::kModuleState));
  broken = false;
  EXPECT_THAT((*log)->Append(TestRecord(0)), IsOkAnd(testing::Eq(0u)));
}

TEST_F(TileLogTest, WhenTheModuleCannotSignHealthSaysSoUntilItCan) {
  Crypto crypto = TestCrypto();
  std::atomic<bool> broken = false;
  crypto.sign = [&](ByteSpan message) -> Result<Bytes> {
    if (broken) return Error(Code::kModuleState, "the module is in its error state");
    return TestSignature(message);
  };
  const SystemClock clock;
  const auto log = AuditLog::Open(SlowOptions(), crypto, clock);
  ASSERT_THAT(log, IsOk());
  AppendRecords(**log, 3);
  broken = true;
  EXPECT_THAT((*log)->Checkpoint(), IsError(Code::kModuleState));
  EXPECT_THAT((*log)->health(), IsError(Code::kModuleState));
  broken = false;
  EXPECT_THAT((*log)->Checkpoint(), IsOk());
  EXPECT_THAT((*log)->health(), IsOk());
}

}  // namespace
}  // namespace vallum::audit
