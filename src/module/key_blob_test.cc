// SPDX-License-Identifier: Apache-2.0
#include "module/key_blob.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "module/approved_table.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

KeyBlob Sample(ByteSpan ciphertext) {
  KeyBlob blob;
  blob.attributes = {.algorithm = Algorithm::kEcP384,
                     .usages = Usage::kSign | Usage::kVerify,
                     .extractable = true,
                     .origin = Origin::kImportedWrapped,
                     .made_under = Policy::kLog,
                     .id = KeyId({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}),
                     .version = 7};
  blob.kek_id.fill(0x4B);
  blob.sealed.iv.fill(0x49);
  blob.sealed.tag.fill(0x54);
  blob.sealed.ciphertext = ciphertext;
  return blob;
}

// The bytes of docs/formats/key-blob.md, written down once so that the format cannot drift.
TEST(KeyBlobTest, BytesAreThoseOfTheFormat) {
  const Bytes ciphertext = {0xC0, 0xC1};
  EXPECT_EQ(ToHex(EncodeKeyBlob(Sample(ciphertext))),
            "564b4201"
            "0402"
            "0000000c"
            "01"
            "02"
            "02"
            "0102030405060708090a0b0c0d0e0f10"
            "00000007"
            "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
            "494949494949494949494949"
            "c0c1"
            "54545454545454545454545454545454");
}

TEST(KeyBlobTest, ParsesWhatItEncodes) {
  const Bytes ciphertext(48, 0xCC);
  const Bytes bytes = EncodeKeyBlob(Sample(ciphertext));
  const auto parsed = ParseKeyBlob(bytes);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(parsed->attributes, Sample(ciphertext).attributes);
  EXPECT_EQ(EncodeKeyBlob(*parsed), bytes);
}

TEST(KeyBlobTest, FlagsAreBitsOfTheirOwn) {
  const Bytes ciphertext(1, 0xCC);
  for (const std::uint8_t flags : {0, 1, 2, 3}) {
    KeyBlob blob = Sample(ciphertext);
    blob.attributes.extractable = (flags & 1) != 0;
    blob.attributes.made_approved = (flags & 2) == 0;
    const Bytes bytes = EncodeKeyBlob(blob);
    EXPECT_EQ(bytes[10], flags);
    const auto parsed = ParseKeyBlob(bytes);
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(parsed->attributes, blob.attributes);
  }
}

RC_GTEST_PROP(KeyBlobProperty, WhatParsesEncodesToTheSameBytes,
              (std::vector<std::uint8_t> ciphertext, std::uint32_t usages, std::uint32_t version)) {
  KeyBlob blob = Sample(ciphertext);
  blob.attributes.algorithm = kAlgorithms[usages % kAlgorithms.size()].algorithm;
  blob.attributes.usages = Usages(usages & AllUsages(blob.attributes.algorithm).bits());
  blob.attributes.version = version;
  const Bytes bytes = EncodeKeyBlob(blob);
  const auto parsed = ParseKeyBlob(bytes);
  const bool valid = !ciphertext.empty() && version != 0 && blob.attributes.usages != Usages();
  RC_ASSERT(parsed.has_value() == valid);
  if (parsed) RC_ASSERT(EncodeKeyBlob(*parsed) == bytes);
}

RC_GTEST_PROP(KeyBlobProperty, RandomBytesNeverParseToSomethingElse,
              (std::vector<std::uint8_t> bytes)) {
  const auto parsed = ParseKeyBlob(bytes);
  if (parsed) RC_ASSERT(EncodeKeyBlob(*parsed) == bytes);
}

TEST(KeyBlobTest, EveryTruncationIsRefused) {
  const Bytes bytes = EncodeKeyBlob(Sample(Bytes{0xC0}));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(ParseKeyBlob(ByteSpan(bytes).first(size)), IsError(Code::kIntegrity)) << size;
  }
}

TEST(KeyBlobTest, FieldsWithoutMeaningAreRefused) {
  struct Case {
    std::size_t offset;
    std::uint8_t value;
  };
  const Bytes good = EncodeKeyBlob(Sample(Bytes{0xC0}));
  for (const Case& c :
       {Case{0, 'X'}, Case{3, 2}, Case{4, 0x7F}, Case{6, 0x80}, Case{9, 0x10}, Case{9, 0},
        Case{10, 4}, Case{11, 0}, Case{11, 3}, Case{12, 3}, Case{32, 0}}) {
    Bytes bytes = good;
    bytes[c.offset] = c.value;
    EXPECT_THAT(ParseKeyBlob(bytes), IsError(Code::kIntegrity)) << c.offset;
  }
}

TEST(KeyBlobTest, OversizedMaterialIsRefused) {
  EXPECT_THAT(ParseKeyBlob(EncodeKeyBlob(Sample(Bytes(16384)))), IsOk());
  EXPECT_THAT(ParseKeyBlob(EncodeKeyBlob(Sample(Bytes(16385)))), IsError(Code::kIntegrity));
}

TEST(KeyBlobTest, KekBlobHasExactlyEightyBytes) {
  const Bytes ciphertext(32, 1);
  const KekBlob blob{.id = {}, .sealed = {.iv = {}, .ciphertext = ciphertext, .tag = {}}};
  Bytes bytes = EncodeKekBlob(blob);
  EXPECT_EQ(bytes.size(), 80u);
  EXPECT_THAT(ParseKekBlob(bytes), IsOk());
  bytes.push_back(0);
  EXPECT_THAT(ParseKekBlob(bytes), IsError(Code::kIntegrity));
  bytes.resize(79);
  EXPECT_THAT(ParseKekBlob(bytes), IsError(Code::kIntegrity));
}

}  // namespace
}  // namespace vallum::module
