// SPDX-License-Identifier: Apache-2.0
#include "module/crc32.h"

#include <gtest/gtest.h>

namespace vallum::module {
namespace {

TEST(Crc32Test, MatchesTheStandardCheckValue) {
  EXPECT_EQ(Crc32(AsBytes("123456789")), 0xCBF43926u);
  EXPECT_EQ(Crc32({}), 0u);
}

TEST(Crc32Test, PiecesGiveTheSameAsTheWhole) {
  Bytes bytes(1000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * i >> 3);
  const ByteSpan all(bytes);
  for (std::size_t cut = 0; cut <= 40; ++cut) {
    Crc32Stream stream;
    stream.Add(all.first(cut));
    stream.Add(all.subspan(cut));
    EXPECT_EQ(stream.value(), Crc32(all)) << cut;
  }
}

TEST(Crc32Test, EverySingleBitCounts) {
  Bytes bytes(40, 0x5a);
  const std::uint32_t right = Crc32(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    EXPECT_NE(Crc32(bytes), right) << bit;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
  }
}

}  // namespace
}  // namespace vallum::module
