// SPDX-License-Identifier: Apache-2.0
#include "service/ciphertext.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace vallum::service {
namespace {

constexpr CiphertextHeader kGcm{CiphertextClass::kAesGcm,
                                KeyId({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}), 7};
constexpr CiphertextHeader kOaep{CiphertextClass::kRsaOaepSha256, kGcm.key, 0x01020304};

Bytes Made(const CiphertextHeader& header, std::size_t rest) {
  const auto encoded = EncodeHeader(header);
  Bytes bytes(encoded.begin(), encoded.end());
  for (std::size_t i = 0; i < rest; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

void ExpectRefused(const Bytes& bytes) {
  const auto parsed = ParseCiphertext(bytes);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), Code::kInvalidArgument);
}

TEST(CiphertextTest, TheHeaderIsAsDocumented) {
  EXPECT_EQ(ToHex(EncodeHeader(kOaep)), "564301020102030405060708090a0b0c0d0e0f1001020304");
}

TEST(CiphertextTest, AGcmCiphertextComesApart) {
  const Bytes bytes = Made(kGcm, 12 + 16 + 5);
  const auto view = ParseCiphertext(bytes);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->header, kGcm);
  EXPECT_EQ(ToHex(view->header_bytes), ToHex(EncodeHeader(kGcm)));
  EXPECT_EQ(ToHex(view->iv), "000102030405060708090a0b");
  EXPECT_EQ(view->tag.size(), 16u);
  EXPECT_EQ(view->tag.front(), 12);
  EXPECT_EQ(ToHex(view->data), "1c1d1e1f20");
}

TEST(CiphertextTest, AnEmptyPlaintextIsAllowed) {
  const Bytes bytes = Made(kGcm, 12 + 16);
  const auto view = ParseCiphertext(bytes);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->data.empty());
}

TEST(CiphertextTest, AnOaepCiphertextComesApart) {
  for (const std::size_t size : {256u, 384u, 512u}) {
    const Bytes bytes = Made(kOaep, size);
    const auto view = ParseCiphertext(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->header, kOaep);
    EXPECT_TRUE(view->iv.empty());
    EXPECT_EQ(view->data.size(), size);
  }
}

TEST(CiphertextTest, EveryTooShortTextIsRefused) {
  const Bytes bytes = Made(kGcm, 12 + 16);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ExpectRefused(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
  }
}

TEST(CiphertextTest, ATooLongTextIsRefused) {
  ExpectRefused(Made(kGcm, kMaxCiphertextSize - kCiphertextHeaderSize + 1));
}

TEST(CiphertextTest, AnOaepPartOfAnotherSizeIsRefused) {
  for (const std::size_t size : {0u, 255u, 257u, 513u}) ExpectRefused(Made(kOaep, size));
}

TEST(CiphertextTest, AnotherMagicFormatOrClassIsRefused) {
  for (std::size_t position = 0; position < 4; ++position) {
    Bytes bytes = Made(kGcm, 256);
    bytes[position] = 0x7f;
    ExpectRefused(bytes);
  }
}

TEST(CiphertextTest, VersionZeroIsRefused) {
  ExpectRefused(Made({CiphertextClass::kAesGcm, kGcm.key, 0}, 12 + 16));
}

TEST(CiphertextTest, WhatParsesIsWrittenTheSameAgain) {
  EXPECT_TRUE(rc::check([](Bytes bytes) {
    const auto encoded = EncodeHeader(kGcm);
    for (std::size_t i = 0; i < bytes.size() && i < 4; ++i) {
      if (bytes[i] & 1) bytes[i] = encoded[i];
    }
    const auto view = ParseCiphertext(bytes);
    if (!view) return;
    const auto header = EncodeHeader(view->header);
    Bytes again(header.begin(), header.end());
    Append(again, view->iv);
    Append(again, view->tag);
    Append(again, view->data);
    RC_ASSERT(again == bytes);
  }));
}

TEST(CiphertextTest, EveryHeaderComesBack) {
  EXPECT_TRUE(rc::check([](std::array<std::uint8_t, 16> id, std::uint32_t version) {
    RC_PRE(version != 0);
    const CiphertextHeader header{CiphertextClass::kAesGcm, KeyId(id), version};
    const Bytes bytes = Made(header, 40);
    const auto view = ParseCiphertext(bytes);
    RC_ASSERT(view.has_value());
    RC_ASSERT(view->header == header);
  }));
}

}  // namespace
}  // namespace vallum::service
