// SPDX-License-Identifier: Apache-2.0
#include "base/wipe_ledger.h"

#include <array>
#include <cstdint>
#include <thread>

#include "base/secret.h"
#include "base/test_matchers.h"

namespace vallum {
namespace {

constexpr std::array<std::uint8_t, 8> kZero{};
constexpr std::array<std::uint8_t, 8> kLastByteLeft{0, 0, 0, 0, 0, 0, 0, 1};

TEST(WipeLedgerTest, CountsTheSecretsThatAreFreed) {
  auto small = SecretBytes::CopyOf(Bytes(40, 0xaa));
  auto large = SecretBytes::CopyOf(Bytes(100'000, 0xaa));
  const WipeLedger ledger;
  EXPECT_EQ(ledger.blocks(), 0U);
  *small = SecretBytes();
  *large = SecretBytes();
  EXPECT_EQ(ledger.blocks(), 2U);
  EXPECT_GE(ledger.bytes(), 100'040U);
  EXPECT_TRUE(ledger.verified());
}

TEST(WipeLedgerTest, FindsOneByteThatWasNotWiped) {
  const WipeLedger ledger;
  WipeLedger::Record(kZero.data(), kZero.size());
  EXPECT_TRUE(ledger.verified());
  WipeLedger::Record(kLastByteLeft.data(), kLastByteLeft.size());
  EXPECT_FALSE(ledger.verified());
  WipeLedger::Record(kZero.data(), kZero.size());
  EXPECT_FALSE(ledger.verified()) << "one bad block spoils the proof";
}

TEST(WipeLedgerTest, SeesTheBlockThatItAwaits) {
  WipeLedger ledger;
  EXPECT_TRUE(ledger.arrived()) << "nothing was awaited";
  ledger.Await(kZero.data());
  WipeLedger::Record(kLastByteLeft.data(), kLastByteLeft.size());
  EXPECT_FALSE(ledger.arrived());
  WipeLedger::Record(kZero.data(), kZero.size());
  EXPECT_TRUE(ledger.arrived());
}

TEST(WipeLedgerTest, NestedLedgersBothSeeABlock) {
  const WipeLedger outer;
  {
    const WipeLedger inner;
    WipeLedger::Record(kZero.data(), kZero.size());
    EXPECT_EQ(inner.bytes(), kZero.size());
  }
  WipeLedger::Record(kZero.data(), kZero.size());
  EXPECT_EQ(outer.bytes(), 2 * kZero.size());
}

TEST(WipeLedgerTest, DoesNotSeeOtherThreads) {
  const WipeLedger ledger;
  std::thread([] { WipeLedger::Record(kZero.data(), kZero.size()); }).join();
  EXPECT_EQ(ledger.blocks(), 0U);
}

}  // namespace
}  // namespace vallum
