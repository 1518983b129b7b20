// SPDX-License-Identifier: Apache-2.0
#include "audit/verify.h"

#include <algorithm>
#include <fstream>
#include <random>

#include "audit/layout.h"
#include "audit/note.h"
#include "audit/test_support.h"

namespace vallum::audit {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::uint64_t kEntries = 600;

// Each test alters its own copy of one log of 600 entries.
class VerifyTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    original_ = new ScratchFolder;
    key_ = new std::string(MakeTestLog(*original_ / "log", kEntries));
  }
  static void TearDownTestSuite() {
    delete original_;
    delete key_;
  }
  void SetUp() override { Restore(); }

  void Restore() {
    fs::remove_all(folder());
    fs::copy(*original_ / "log", folder(), fs::copy_options::recursive);
  }
  fs::path folder() const { return scratch_ / "log"; }
  fs::path File(const std::string& path) const { return folder() / path; }
  Result<VerifyReport> Verify() const { return VerifyTestLog(folder(), *key_); }
  void ExpectFound(const std::string& part) const {
    EXPECT_THAT(Verify(), IsError(Code::kIntegrity, HasSubstr(part)));
  }

  // Takes a bundle apart, lets `change` edit its entries, and puts it together again.
  void RewriteEntries(std::uint64_t index, const std::function<void(std::vector<Bytes>&)>& change) {
    RewriteFile(File(EntriesPath(index)), [&](Bytes& bytes) {
      std::vector<Bytes> entries;
      for (const ByteSpan entry : SplitBundle(bytes).entries) entries.push_back(ToBytes(entry));
      change(entries);
      bytes.clear();
      for (const Bytes& entry : entries) {
        AppendBe16(bytes, static_cast<std::uint16_t>(entry.size()));
        Append(bytes, entry);
      }
    });
  }

  static ScratchFolder* original_;
  static std::string* key_;
  ScratchFolder scratch_;
};

ScratchFolder* VerifyTest::original_ = nullptr;
std::string* VerifyTest::key_ = nullptr;

TEST_F(VerifyTest, AWholeLogIsRight) {
  const auto report = Verify();
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->size, kEntries);
  EXPECT_EQ(report->unsigned_tail, 0u);
  EXPECT_EQ(report->origin, "vallum/test");
  EXPECT_EQ(FromBase64(report->root_hash)->size(), 32u);
}

TEST_F(VerifyTest, ProgressEndsAtTheSize) {
  std::uint64_t last = 0;
  std::uint64_t total = 0;
  const auto report = VerifyLog(folder(), *key_, TestVerifyCrypto(), [&](auto done, auto all) {
    EXPECT_GE(done, last);
    last = done;
    total = all;
  });
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(last, kEntries);
  EXPECT_EQ(total, kEntries);
}

TEST_F(VerifyTest, AnEmptyLogIsRight) {
  const std::string key = MakeTestLog(scratch_ / "empty", 0);
  EXPECT_EQ(VerifyTestLog(scratch_ / "empty", key)->size, 0u);
}

TEST_F(VerifyTest, AnAlteredEntryInAFullBundleIsNamed) {
  RewriteEntries(0, [](auto& entries) { entries[17][30] ^= 1; });
  ExpectFound("entry 17 does not match its hash in tile/0/000, which the checkpoint confirms");
}

TEST_F(VerifyTest, AnAlteredEntryInTheLastBundleIsNamed) {
  RewriteEntries(2, [](auto& entries) { entries[5][30] ^= 1; });
  ExpectFound("entry 517 does not match its hash in tile/0/002.p/88");
}

TEST_F(VerifyTest, TheFirstOfSeveralAlteredEntriesIsNamed) {
  RewriteEntries(1, [](auto& entries) { entries[200][30] ^= 1; });
  RewriteEntries(0, [](auto& entries) { entries[100][30] ^= 1; });
  ExpectFound("entry 100 does not match");
}

TEST_F(VerifyTest, ARemovedEntryIsNamed) {
  RewriteEntries(0, [](auto& entries) { entries.erase(entries.begin() + 40); });
  ExpectFound("entry 40 does not match");
}

TEST_F(VerifyTest, ARemovedEntryInTheLastBundleIsNamed) {
  RewriteEntries(2, [](auto& entries) { entries.erase(entries.begin() + 3); });
  ExpectFound("entry 515 does not match");
}

TEST_F(VerifyTest, AnInsertedEntryIsNamed) {
  RewriteEntries(1, [](auto& entries) {
    const Bytes inserted = entries[9];
    entries.insert(entries.begin() + 10, inserted);
  });
  ExpectFound("there is something that is no entry where entry 512");
}

TEST_F(VerifyTest, SwappedEntriesAreNamed) {
  RewriteEntries(1, [](auto& entries) { std::swap(entries[4], entries[9]); });
  ExpectFound("entry 260 does not match");
}

TEST_F(VerifyTest, SwappedBundlesAreFound) {
  fs::rename(File("tile/entries/000"), File("swap"));
  fs::rename(File("tile/entries/001"), File("tile/entries/000"));
  fs::rename(File("swap"), File("tile/entries/001"));
  ExpectFound("entry 0 does not match");
}

TEST_F(VerifyTest, AnAlteredTileIsToldFromAnAlteredEntry) {
  RewriteFile(File("tile/0/001"), [](Bytes& bytes) { bytes[32 * 3] ^= 1; });
  ExpectFound("tile/0/001 was altered: it does not match entry 259");
}

TEST_F(VerifyTest, AnEntryAlteredTogetherWithItsTileIsFound) {
  RewriteEntries(0, [](auto& entries) { entries[17][30] ^= 1; });
  const Bytes bytes = *ReadFile(File("tile/entries/000"));
  const Hash hash = *LeafHash(TestHash, SplitBundle(bytes).entries[17]);
  RewriteFile(File("tile/0/000"),
              [&](Bytes& tile) { std::copy(hash.begin(), hash.end(), tile.begin() + 32 * 17); });
  ExpectFound("do not lead to the checkpoint's root");
}

TEST_F(VerifyTest, AMissingTileIsFound) {
  fs::remove(File("tile/0/001"));
  ExpectFound("tile/0/001 is missing");
}

TEST_F(VerifyTest, AMissingPartialTileIsFound) {
  fs::remove_all(File("tile/0/002.p"));
  ExpectFound("tile/0/002.p/88 is missing");
}

TEST_F(VerifyTest, AMissingBundleIsFound) {
  fs::remove(File("tile/entries/001"));
  ExpectFound("entry 256 and later ones are missing");
}

TEST_F(VerifyTest, ATruncatedLogIsFound) {
  RewriteEntries(2, [](auto& entries) { entries.pop_back(); });
  ExpectFound("entry 599 is missing");
}

TEST_F(VerifyTest, AnAlteredCheckpointIsFound) {
  RewriteFile(File("checkpoint"), [](Bytes& bytes) { bytes[12] = '5'; });
  ExpectFound("checkpoint");
}

TEST_F(VerifyTest, AnOlderCheckpointLeavesATailThatIsReported) {
  const ScratchFolder other;
  MakeTestLog(other.path(), 550);
  const Bytes older = *ReadFile(other / "checkpoint");
  MakeTestLog(other.path(), 50);
  ASSERT_THAT(WriteFileDurably(other / "checkpoint", older, 0600), IsOk());
  fs::create_directories(other / "tile/0/002.p");
  RewriteFile(other / "tile/0/002.p/88", [](Bytes& bytes) { bytes.resize(38 * kHashSize); });
  fs::rename(other / "tile/0/002.p/88", other / "tile/0/002.p/38");
  const auto report = VerifyTestLog(other.path(), *key_);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->size, 550u);
  EXPECT_EQ(report->unsigned_tail, 50u);
}

TEST_F(VerifyTest, AMissingCheckpointIsFound) {
  fs::remove(File("checkpoint"));
  ExpectFound("no checkpoint");
}

TEST_F(VerifyTest, AnotherKeyIsRefused) {
  const auto other = MakeNoteKey(TestHash, "vallum/test", Bytes(32, 1));
  EXPECT_THAT(VerifyLog(folder(), FormatNoteKey(*other), TestVerifyCrypto(), {}),
              IsError(Code::kIntegrity, HasSubstr("not signed by")));
}

TEST_F(VerifyTest, AKeyThatIsNoneIsInvalid) {
  EXPECT_THAT(VerifyLog(folder(), "secret", TestVerifyCrypto(), {}),
              IsError(Code::kInvalidArgument));
}

TEST_F(VerifyTest, GarbageAfterTheLastEntryIsFound) {
  std::ofstream(File("tile/entries/002"), std::ios::app) << "garbage";
  ExpectFound("entry 600 is incomplete");
}

TEST_F(VerifyTest, AForgedEntryAfterTheCheckpointMustBeARecord) {
  RewriteEntries(2, [](auto& entries) { entries.push_back(ToBytes(AsBytes("{\"x\":1}"))); });
  ExpectFound("entry 600, after the checkpoint, is no audit record");
}

TEST_F(VerifyTest, StrangeFilesAreFound) {
  for (const char* path : {"notes.txt", "tile/0/003", "tile/1/000", "tile/entries/003",
                           "tile/0/0001", "tile/entries/000.bak", "tile/0/001.p/1"}) {
    Restore();
    fs::create_directories(File(path).parent_path());
    std::ofstream(File(path)) << "x";
    ExpectFound(path);
  }
}

TEST_F(VerifyTest, ATemporaryFileOfACrashIsNoAlteration) {
  std::ofstream(File("tile/0/.vallum-abc123")) << "half a tile";
  EXPECT_THAT(Verify(), IsOk());
}

// All files but the lock, which belongs to no one's evidence.
TEST_F(VerifyTest, AnyFlippedByteOfAnyFileIsFound) {
  std::mt19937 random(static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed()));
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder())) {
    if (entry.is_regular_file() && entry.path().filename() != "lock") files.push_back(entry.path());
  }
  ASSERT_EQ(files.size(), 7u);
  for (const fs::path& file : files) {
    const Bytes content = *ReadFile(file);
    const std::size_t tries = content.size() < 1000 ? content.size() : 60;
    for (std::size_t i = 0; i < tries; ++i) {
      const std::size_t offset = tries == content.size() ? i : random() % content.size();
      Bytes altered = content;
      altered[offset] ^= static_cast<std::uint8_t>(1u << random() % 8);
      std::ofstream(file, std::ios::binary | std::ios::trunc) << AsText(altered);
      ASSERT_FALSE(Verify()) << file << " byte " << offset;
    }
    std::ofstream(file, std::ios::binary | std::ios::trunc) << AsText(content);
  }
  EXPECT_THAT(Verify(), IsOk());
}

}  // namespace
}  // namespace vallum::audit
