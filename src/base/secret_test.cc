// SPDX-License-Identifier: Apache-2.0
#include "base/secret.h"

#include <algorithm>
#include <limits>

#include "base/test_matchers.h"

namespace vallum {
namespace {

using testing::Each;
using testing::Eq;

SecretBytes Secret(std::string_view text) { return *SecretBytes::CopyOf(AsBytes(text)); }

bool AllZero(ByteSpan bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

TEST(SecretBytesTest, StartsAsZeros) {
  for (const std::size_t size : {1, 31, 32, 33, 4096, 32768, 32769, 1 << 20}) {
    const auto secret = SecretBytes::Create(size);
    ASSERT_THAT(secret, IsOk());
    EXPECT_EQ(secret->size(), size);
    EXPECT_TRUE(AllZero(secret->span()));
  }
}

TEST(SecretBytesTest, StartsAsZerosInMemoryThatWasUsedBefore) {
  for (const std::size_t size : {20, 3000, 40000}) {
    for (int round = 0; round < 100; ++round) {
      auto secret = SecretBytes::Create(size);
      ASSERT_THAT(secret, IsOk());
      ASSERT_TRUE(AllZero(secret->span()));
      std::ranges::fill(secret->mutable_span(), 0xaa);
    }
  }
}

TEST(SecretBytesTest, CanBeEmptyWithoutAnyMemory) {
  const auto before = GetSecretArenaStats().blocks;
  const auto secret = SecretBytes::Create(0);
  ASSERT_THAT(secret, IsOk());
  EXPECT_TRUE(secret->empty());
  EXPECT_TRUE(SecretBytes().empty());
  EXPECT_EQ(GetSecretArenaStats().blocks, before);
}

TEST(SecretBytesTest, RefusesASizeThatNoMachineHas) {
  EXPECT_THAT(SecretBytes::Create(std::numeric_limits<std::size_t>::max()),
              IsError(Code::kResourceExhausted));
  EXPECT_THAT(SecretBytes::Create(std::size_t{1} << 60), IsError(Code::kResourceExhausted));
}

TEST(SecretBytesTest, MovingLeavesTheSourceEmpty) {
  SecretBytes first = Secret("open sesame");
  const std::uint8_t* data = first.span().data();
  SecretBytes second(std::move(first));
  EXPECT_EQ(second.span().data(), data);
  EXPECT_TRUE(first.empty());  // NOLINT: what moving leaves is the point
  SecretBytes third = Secret("old");
  third = std::move(second);
  EXPECT_EQ(AsText(third.span()), "open sesame");
  EXPECT_TRUE(second.empty());  // NOLINT
}

TEST(SecretBytesTest, AssigningToItselfLosesNothing) {
  SecretBytes secret = Secret("open sesame");
  SecretBytes& same = secret;
  secret = std::move(same);
  EXPECT_EQ(AsText(secret.span()), "open sesame");
}

TEST(SecretBytesTest, MovingOverASecretFreesIt) {
  const auto before = GetSecretArenaStats();
  {
    SecretBytes secret = Secret("first");
    secret = Secret("second");
    EXPECT_EQ(GetSecretArenaStats().blocks, before.blocks + 1);
    EXPECT_EQ(GetSecretArenaStats().bytes, before.bytes + 6);
  }
  EXPECT_EQ(GetSecretArenaStats().blocks, before.blocks);
  EXPECT_EQ(GetSecretArenaStats().bytes, before.bytes);
}

TEST(SecretBytesTest, CloneIsACopyOfItsOwn) {
  SecretBytes secret = Secret("one");
  const auto clone = secret.Clone();
  ASSERT_THAT(clone, IsOk());
  secret.mutable_span()[0] = 'x';
  EXPECT_EQ(AsText(clone->span()), "one");
}

TEST(SecretBytesTest, EqualityIsOfContents) {
  EXPECT_TRUE(Secret("one") == Secret("one"));
  EXPECT_TRUE(SecretBytes() == SecretBytes());  // NOLINT: it is == that is tested
  EXPECT_FALSE(Secret("one") == Secret("two"));
  EXPECT_FALSE(Secret("one") == Secret("one "));
  EXPECT_FALSE(Secret("one") == SecretBytes());  // NOLINT
}

TEST(ConstantTimeEqualTest, SeesADifferenceOfAnyBitAtAnyPlace) {
  const Bytes bytes(67, 0x5a);
  EXPECT_TRUE(ConstantTimeEqual(bytes, Bytes(bytes)));
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    Bytes other = bytes;
    other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ 1U << bit % 8);
    EXPECT_FALSE(ConstantTimeEqual(bytes, other)) << bit;
  }
}

TEST(WipeTest, OverwritesExactlyWhatItIsGiven) {
  Bytes bytes(16, 0xff);
  Wipe(bytes.data() + 1, 14);
  EXPECT_EQ(bytes.front(), 0xff);
  EXPECT_EQ(bytes.back(), 0xff);
  EXPECT_TRUE(AllZero(ByteSpan(bytes).subspan(1, 14)));
  Wipe(nullptr, 0);
}

TEST(SecretBufferTest, GrowsAndKeepsItsContents) {
  SecretBuffer buffer;
  Bytes expected;
  for (int i = 0; i < 2000; ++i) {
    const Bytes piece(static_cast<std::size_t>(i % 50), static_cast<std::uint8_t>(i));
    ASSERT_THAT(buffer.Append(piece), IsOk());
    Append(expected, piece);
  }
  EXPECT_EQ(ToBytes(buffer.span()), expected);
}

TEST(SecretBufferTest, AppendsAPartOfItself) {
  SecretBuffer buffer;
  ASSERT_THAT(buffer.Append(AsBytes("0123456789abcdef0123456789abcdef")), IsOk());
  ASSERT_THAT(buffer.Append(buffer.span().subspan(10, 6)), IsOk());
  EXPECT_EQ(AsText(buffer.span()), "0123456789abcdef0123456789abcdefabcdef");
}

TEST(SecretBufferTest, ExtendGivesZerosEvenWhereSomethingWas) {
  SecretBuffer buffer;
  ASSERT_THAT(buffer.Append(Bytes(64, 0xaa)), IsOk());
  buffer.Truncate(3);
  const auto tail = buffer.Extend(61);
  ASSERT_THAT(tail, IsOk());
  EXPECT_THAT(ToBytes(*tail), Each(Eq(0)));
  buffer.ConsumeFront(10);
  EXPECT_THAT(ToBytes(*buffer.Extend(10)), Each(Eq(0)));
  EXPECT_EQ(buffer.size(), 64U);
}

TEST(SecretBufferTest, ConsumeFrontKeepsTheRest) {
  SecretBuffer buffer;
  buffer.ConsumeFront(5);
  ASSERT_THAT(buffer.Append(AsBytes("head and tail")), IsOk());
  buffer.ConsumeFront(9);
  EXPECT_EQ(AsText(buffer.span()), "tail");
  buffer.ConsumeFront(100);
  EXPECT_TRUE(buffer.empty());
}

TEST(SecretBufferTest, TruncateToMoreIsIgnored) {
  SecretBuffer buffer;
  ASSERT_THAT(buffer.Append(AsBytes("abc")), IsOk());
  buffer.Truncate(10);
  EXPECT_EQ(AsText(buffer.span()), "abc");
}

TEST(SecretBufferTest, ReserveKeepsItsPlaceWhileItFits) {
  SecretBuffer buffer;
  ASSERT_THAT(buffer.Reserve(1000), IsOk());
  ASSERT_THAT(buffer.Append(AsBytes("x")), IsOk());
  const std::uint8_t* data = buffer.span().data();
  ASSERT_THAT(buffer.Append(Bytes(999, 'y')), IsOk());
  EXPECT_EQ(buffer.span().data(), data);
}

TEST(SecretBufferTest, RefusesASizeThatNoMachineHasAndKeepsItsContents) {
  SecretBuffer buffer;
  ASSERT_THAT(buffer.Append(AsBytes("abc")), IsOk());
  EXPECT_THAT(buffer.Extend(std::numeric_limits<std::size_t>::max()),
              IsError(Code::kResourceExhausted));
  EXPECT_THAT(buffer.Reserve(std::numeric_limits<std::size_t>::max()),
              IsError(Code::kResourceExhausted));
  EXPECT_EQ(AsText(buffer.span()), "abc");
}

TEST(SecretBufferTest, ClearAndMovingGiveTheMemoryBack) {
  const auto before = GetSecretArenaStats().blocks;
  SecretBuffer first;
  ASSERT_THAT(first.Append(AsBytes("first")), IsOk());
  SecretBuffer second;
  ASSERT_THAT(second.Append(AsBytes("second")), IsOk());
  second = std::move(first);
  EXPECT_EQ(AsText(second.span()), "first");
  EXPECT_TRUE(first.empty());  // NOLINT: what moving leaves is the point
  EXPECT_EQ(GetSecretArenaStats().blocks, before + 1);
  const SecretBuffer third(std::move(second));
  EXPECT_EQ(AsText(third.span()), "first");
  first = SecretBuffer();
  second.Clear();  // NOLINT
  EXPECT_EQ(GetSecretArenaStats().blocks, before + 1);
}

}  // namespace
}  // namespace vallum
