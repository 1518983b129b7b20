// SPDX-License-Identifier: Apache-2.0
#include "p11/token/remote_record.h"

#include <rapidcheck.h>

#include "base/test_matchers.h"

namespace vallum::p11 {
namespace {

RemoteRecord Sample() {
  RemoteRecord record{.key = "web", .version = 3, .attributes = {}};
  record.attributes.SetNumber(CKA_CLASS, CKO_PRIVATE_KEY);
  record.attributes.Set(CKA_LABEL, TextValue("label"));
  return record;
}

TEST(RemoteRecordTest, ComesBackAsItWas) {
  EXPECT_THAT(DecodeRemoteRecord(EncodeRemoteRecord(Sample())), IsOkAnd(Sample()));
  EXPECT_THAT(DecodeRemoteRecord(EncodeRemoteRecord({})), IsOkAnd(RemoteRecord{}));
}

TEST(RemoteRecordTest, WhatIsReadIsWrittenTheSame) {
  EXPECT_TRUE(rc::check([](const Bytes& bytes) {
    const auto record = DecodeRemoteRecord(bytes);
    if (record) RC_ASSERT(EncodeRemoteRecord(*record) == bytes);
  }));
  EXPECT_TRUE(rc::check([](std::uint8_t at, std::uint8_t by) {
    Bytes bytes = EncodeRemoteRecord(Sample());
    bytes[at % bytes.size()] ^= by;
    const auto record = DecodeRemoteRecord(bytes);
    if (record) RC_ASSERT(EncodeRemoteRecord(*record) == bytes);
  }));
}

TEST(RemoteRecordTest, EveryCutIsDamage) {
  const Bytes whole = EncodeRemoteRecord(Sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(DecodeRemoteRecord(ByteSpan(whole).first(size))) << size;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_THAT(DecodeRemoteRecord(longer), IsError(Code::kIntegrity));
}

TEST(RemoteRecordTest, ANewerFormatIsSaidAsSuch) {
  Bytes bytes = EncodeRemoteRecord(Sample());
  bytes[0] = 2;
  EXPECT_THAT(DecodeRemoteRecord(bytes), IsError(Code::kStorageVersion));
  bytes[0] = 0;
  EXPECT_THAT(DecodeRemoteRecord(bytes), IsError(Code::kIntegrity));
}

TEST(RemoteRecordTest, AKeyHasAVersionAndNoKeyNone) {
  RemoteRecord record = Sample();
  record.version = 0;
  EXPECT_THAT(DecodeRemoteRecord(EncodeRemoteRecord(record)), IsError(Code::kIntegrity));
  record.key.clear();
  record.version = 1;
  EXPECT_THAT(DecodeRemoteRecord(EncodeRemoteRecord(record)), IsError(Code::kIntegrity));
}

TEST(RemoteRecordTest, NamesAreIdsAndBack) {
  const KeyId id(*ParseUuid("0197d3a0-0000-7000-8000-000000000001"));
  EXPECT_THAT(IdOfRecord(RecordName(id)), IsOkAnd(id));
  for (const char* name : {"", "p11-", "0197d3a0-0000-7000-8000-000000000001",
                           "p11-0197D3A0-0000-7000-8000-00000000000A"}) {
    EXPECT_THAT(IdOfRecord(name), IsError(Code::kIntegrity)) << name;
  }
}

TEST(RemoteRecordTest, ALabelThatIsANameNamesTheKey) {
  const KeyId id(*ParseUuid("0197d3a0-0000-7000-8000-000000000001"));
  EXPECT_EQ(KeyNameFor("web-1.example_com", id), "web-1.example_com");
  for (const std::string& label : {std::string(), std::string("a b"), std::string("-a"),
                                   std::string("\xc3\xa4"), std::string(129, 'a')}) {
    EXPECT_EQ(KeyNameFor(label, id), RecordName(id)) << label;
  }
}

}  // namespace
}  // namespace vallum::p11
