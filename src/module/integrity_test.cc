// SPDX-License-Identifier: Apache-2.0
// The integrity test in a running process: order, tampering with memory, memory that cannot be read.
#include "module/integrity.h"

#include <sys/mman.h>

#include <algorithm>
#include <random>

#include "base/file.h"
#include "module/impl.h"
#include "module/integrity_mac.h"
#include "module/integrity_slot.h"
#include "module/test_memory.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int kFlips = 200;

struct Named {
  std::string_view name;
  LoadedObject object;
};

std::vector<Named> Loaded() {
  std::vector<Named> all;
  const auto parts = BoundaryParts(TestConfig().provider_path).value();
  all.reserve(parts.size());
  for (const BoundaryPart& part : parts) {
    all.push_back({part.name, FindLoadedObject(part.address).value()});
  }
  return all;
}

// The end of .eh_frame, which nothing reads while nothing throws.
const std::uint8_t* UnusedByte(const LoadedObject& object) {
  const ByteSpan last = object.segments.back().bytes();
  return last.data() + last.size() - 8;
}

class IntegrityTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kSealedBuild) GTEST_SKIP() << "not a sealed build";
    module_ = StartForTest();
    ASSERT_NE(module_, nullptr);
  }
  const ossl::ContextRef& context() { return module_->impl().context; }
  std::unique_ptr<Module> module_;
};

TEST_F(IntegrityTest, StatusListsTheThreeObjectsWithTheirMacs) {
  const IntegrityStatus status = module_->status().integrity;
  EXPECT_TRUE(status.sealed);
  EXPECT_GT(status.microseconds, 0);
  EXPECT_GT(status.bytes, 8'000'000u);
  ASSERT_EQ(status.objects.size(), 3u);
  EXPECT_EQ(status.objects[0].name, kModuleObject);
  EXPECT_EQ(status.objects[1].name, kLibcryptoObject);
  EXPECT_EQ(status.objects[2].name, kProviderObject);
  EXPECT_EQ(status.objects[2].path, TestConfig().provider_path);
  for (const BoundaryObject& object : status.objects) EXPECT_EQ(object.sealed_mac.size(), 64u);
}

TEST_F(IntegrityTest, StatusHashesTheFilesUnlessTheModuleHasFailed) {
  const IntegrityStatus status = module_->status().integrity;
  for (const BoundaryObject& object : status.objects) {
    const Bytes content = ReadFile(object.path, std::size_t{512} << 20).value();
    EXPECT_EQ(object.file_sha256, ToHex(module_->Sha256({content}).value())) << object.name;
  }
  EXPECT_EQ(module_->status().integrity.objects[2].file_sha256, TestConfig().profile.sha256);
  module_->Shutdown();
  EXPECT_EQ(module_->status().integrity.objects[2].file_sha256, "");
}

TEST_F(IntegrityTest, ReplacedFileIsNotTakenForTheLoadedOne) {
  ScratchFolder folder;
  const std::filesystem::path path = folder / "libx.so";
  ASSERT_THAT(WriteFileDurably(path, AsBytes("as loaded"), 0644), IsOk());
  std::vector<BoundaryObject> objects(1);
  objects[0].path = path;
  BoundaryFiles kept;
  BoundaryFiles replaced;
  kept.Remember(objects);
  EXPECT_EQ(kept.Hashes(*context()).at(0), ToHex(module_->Sha256({AsBytes("as loaded")}).value()));
  replaced.Remember(objects);
  ASSERT_THAT(WriteFileDurably(path, AsBytes("something"), 0644), IsOk());
  EXPECT_EQ(replaced.Hashes(*context()).at(0), "");
  EXPECT_NE(kept.Hashes(*context()).at(0), "");
}

// Requirement: st-order
TEST_F(IntegrityTest, KnownAnswerTestComesBeforeWhatItIsFor) {
  const auto position = [](const std::vector<SelfTestResult>& tests, std::string_view name) {
    return std::ranges::find(tests, name, &SelfTestResult::name) - tests.begin();
  };
  for (const auto& tests : {module_->status().self_tests, module_->SelfTest().value().value}) {
    const auto size = static_cast<std::ptrdiff_t>(tests.size());
    EXPECT_LT(position(tests, "KAT_Integrity/HMAC"), position(tests, "Module_Integrity/HMAC"));
    auto last = position(tests, "KAT_Integrity/HMAC-SHA2-256 for segments");
    for (const char* name :
         {"Module_Integrity/manifest", "Module_Integrity/libvallum.so",
          "Module_Integrity/libcrypto-vallum.so.3", "Module_Integrity/fips.so"}) {
      const auto now = position(tests, name);
      EXPECT_LT(last, now) << name;
      EXPECT_LT(now, size) << name;
      last = now;
    }
  }
}

// Requirement: st-order
TEST_F(IntegrityTest, WrongKnownAnswerIsAFailedSelfTest) {
  EXPECT_THAT(TestIntegrityMac(context(), IntegrityMacVector()), IsOk());
  const MacKnownAnswer right = IntegrityMacVector();
  for (std::size_t i = 0; i < right.mac.size(); ++i) {
    Bytes mac = ToBytes(right.mac);
    mac[i] ^= 1;
    EXPECT_THAT(TestIntegrityMac(context(), {right.key, right.message, mac}),
                IsError(Code::kSelfTestFailed));
  }
}

// The altered answer lies in a segment that is tested, so the MAC would find it as well, but later.
// Requirement: st-order
TEST_F(IntegrityTest, WrongKnownAnswerInMemoryStopsTheModuleBeforeTheIntegrityTest) {
  const PokedBit poked(IntegrityMacVector().mac.data(), 4);
  EXPECT_THAT(module_->SelfTest(), IsError(Code::kSelfTestFailed));
  const ModuleStatus status = module_->status();
  EXPECT_EQ(status.state, State::kErrorHard);
  ASSERT_TRUE(status.cause.has_value());
  EXPECT_EQ(status.cause->test, "KAT_Integrity/HMAC-SHA2-256 for segments");
}

// Requirement: poke-text
TEST_F(IntegrityTest, MemoryChangedAfterStartIsFoundOnDemand) {
  for (const Named& part : Loaded()) {
    if (module_ == nullptr) module_ = StartForTest();
    {
      const PokedBit poked(UnusedByte(part.object), 3);
      EXPECT_THAT(module_->SelfTest(),
                  IsError(Code::kIntegrity, AllOf(HasSubstr("integrity:mismatch"),
                                                  HasSubstr(std::string(part.name)))));
    }
    EXPECT_EQ(module_->state(), State::kErrorHard);
    EXPECT_THAT(module_->Sha256({}), IsError(Code::kModuleState));
    EXPECT_THAT(module_->status().first_error, HasSubstr("integrity:mismatch"));
    EXPECT_THAT(module_->status().first_error, HasSubstr(std::string(part.name)));
    module_.reset();
  }
  EXPECT_THAT(Module::Start(TestConfig()), IsOk());
}

// Requirement: poke-text
TEST_F(IntegrityTest, MemoryChangedBeforeStartIsFound) {
  const auto parts = Loaded();
  module_.reset();
  for (const Named& part : parts) {
    const PokedBit poked(UnusedByte(part.object), 0);
    EXPECT_THAT(Module::Start(TestConfig()),
                IsError(Code::kIntegrity,
                        AllOf(HasSubstr("integrity:mismatch"), HasSubstr(std::string(part.name)))));
  }
}

TEST_F(IntegrityTest, AlteredManifestIsFound) {
  const auto* slot = static_cast<const std::uint8_t*>(IntegritySlotAddress());
  const auto slot_bytes = std::span(slot, kManifestSize);
  for (const std::size_t at : {std::size_t{0}, std::size_t{20}, std::size_t{61}, std::size_t{80},
                               std::size_t{300}, kManifestSize - 1}) {
    const PokedBit poked(&slot_bytes[at], 5);
    std::vector<ossl::SelfTestEvent> steps;
    EXPECT_THAT(TestIntegrity(context(), TestConfig().provider_path, steps),
                IsError(Code::kIntegrity, HasSubstr("integrity:mismatch")))
        << at;
  }
}

/// The child flips bits from `first` on, one at a time, and writes a byte for each that is found.
void FlipInChild(const ossl::ContextRef& context, const Manifest& manifest, const Named& part,
                 std::span<const std::pair<const std::uint8_t*, unsigned>> bits, int report) {
  for (const auto& [byte, bit] : bits) {
    const PokedBit poked(byte, bit);
    const auto tested = TestObject(context, manifest, part.name, part.object);
    const bool found = !tested && tested.error().message().starts_with(kIntegrityMismatch);
    const char answer = found ? 'y' : 'n';
    if (write(report, &answer, 1) != 1) _exit(1);
  }
  _exit(0);
}

// Flips that hit the code of the test itself may end the child: refused as well, and counted.
// Requirement: bitflip
TEST_F(IntegrityTest, TwoHundredFlippedBitsInEachSegmentAreAllFound) {
  const Manifest manifest = ParseManifest(ReadIntegritySlot()).value();
  std::mt19937_64 random(20261121);
  std::size_t found = 0;
  std::size_t crashed = 0;
  for (const Named& part : Loaded()) {
    for (const CoveredSegment& segment : part.object.segments) {
      std::vector<std::pair<const std::uint8_t*, unsigned>> bits;
      while (bits.size() < kFlips) {
        const std::size_t at = random() % segment.bytes().size();
        const bool not_hashed = segment.extent().offset == 0 && at < sizeof(Elf64_Ehdr);
        if (!not_hashed) bits.emplace_back(segment.bytes().data() + at, random() % 8);
      }
      for (std::size_t first = 0; first < bits.size();) {
        std::array<int, 2> report{};
        ASSERT_EQ(pipe(report.data()), 0);
        const pid_t child = fork();
        if (child == 0) {
          FlipInChild(context(), manifest, part, std::span(bits).subspan(first), report[1]);
        }
        close(report[1]);
        char answer = 0;
        while (read(report[0], &answer, 1) == 1) {
          EXPECT_EQ(answer, 'y') << part.name << " bit " << first;
          ++first;
          ++found;
        }
        close(report[0]);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        if (first == bits.size()) break;
        ++crashed;
        ++first;
      }
    }
  }
  EXPECT_EQ(found + crashed, 9u * kFlips);
  EXPECT_LT(crashed, 9u * kFlips / 10);
  std::printf("%zu found, %zu ended the process\n", found, crashed);
}

// Requirement: no-read
TEST_F(IntegrityTest, UnreadableMemoryIsAFailureWithACauseOfItsOwn) {
  for (const Named& part : Loaded()) {
    const int status = InChild([&] {
      const auto page = reinterpret_cast<std::uintptr_t>(UnusedByte(part.object)) & ~4095ul;
      if (mprotect(reinterpret_cast<void*>(page), 1, PROT_NONE) != 0) return 2;
      std::vector<ossl::SelfTestEvent> steps;
      const auto tested = TestIntegrity(context(), TestConfig().provider_path, steps);
      return !tested && tested.error().message().starts_with(kIntegrityUnreadable) ? 0 : 1;
    });
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0) << part.name;
  }
}

// Requirement: no-read
TEST(CheckReadableTest, FindsOnePageAmongMany) {
  constexpr std::size_t kPages = 1500;
  constexpr std::size_t kPage = 4096;
  auto* memory = static_cast<std::uint8_t*>(
      mmap(nullptr, kPages * kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  const ByteSpan all(memory, kPages * kPage);
  EXPECT_THAT(CheckReadable(all), IsOk());
  EXPECT_THAT(CheckReadable(all.subspan(4000, 200)), IsOk());
  EXPECT_THAT(CheckReadable({}), IsOk());
  for (const std::size_t page : {0, 1, 511, 512, 513, 1023, 1024, 1498, 1499}) {
    ASSERT_EQ(mprotect(memory + page * kPage, kPage, PROT_NONE), 0);
    EXPECT_THAT(CheckReadable(all), IsError(Code::kIntegrity, HasSubstr("integrity:unreadable")))
        << page;
    ASSERT_EQ(mprotect(memory + page * kPage, kPage, PROT_READ), 0);
  }
  ASSERT_EQ(munmap(memory + 700 * kPage, kPage), 0);
  EXPECT_THAT(CheckReadable(all), IsError(Code::kIntegrity, HasSubstr("integrity:unreadable")));
  munmap(memory, kPages * kPage);
}

TEST(FindLoadedObjectTest, AddressOutsideEveryObjectIsUnreadable) {
  EXPECT_THAT(FindLoadedObject(nullptr),
              IsError(Code::kIntegrity, HasSubstr("integrity:unreadable")));
}

}  // namespace
}  // namespace vallum::module
