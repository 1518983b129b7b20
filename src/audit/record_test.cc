// SPDX-License-Identifier: Apache-2.0
#include "audit/record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "audit/test_support.h"

namespace vallum::audit {
namespace {

std::string Encoded(const Record& record) {
  std::string text;
  Encode(record, text);
  return text;
}

Record FullRecord() {
  return {.time = TimePoint(std::chrono::microseconds(1700000000123456)),
          .request = RequestId(*ParseUuid("01900000-0000-7000-8000-000000000001")),
          .principal = "client:admin",
          .operation = "sign",
          .key_id = "01900000-0000-7000-8000-000000000002",
          .key_name = "payroll",
          .key_version = 3,
          .algorithm = "ec-p384",
          .scheme = "ecdsa-sha384",
          .outcome = "ok",
          .approval = "approved",
          .trace = "4bf92f3577b34da6a3ce929d0e0e4736",
          .detail = "a \"quoted\" word",
          .count = 2,
          .recovered = true};
}

TEST(RecordTest, AllMembersInTheirOrder) {
  EXPECT_EQ(Encoded(FullRecord()),
            R"({"time":"2023-11-14T22:13:20.123456Z",)"
            R"("request":"01900000-0000-7000-8000-000000000001","principal":"client:admin",)"
            R"("operation":"sign","key":"01900000-0000-7000-8000-000000000002","name":"payroll",)"
            R"("version":3,"algorithm":"ec-p384","scheme":"ecdsa-sha384","outcome":"ok",)"
            R"("approval":"approved","trace":"4bf92f3577b34da6a3ce929d0e0e4736",)"
            R"("detail":"a \"quoted\" word","count":2,"recovered":true})");
}

TEST(RecordTest, WhatIsEmptyIsLeftOut) {
  Record record;
  record.operation = "module.self-test";
  EXPECT_EQ(Encoded(record),
            R"({"time":"1970-01-01T00:00:00.000000Z","operation":"module.self-test"})");
}

TEST(RecordTest, EncodingAppends) {
  std::string text = "before";
  Encode(Record(), text);
  EXPECT_TRUE(text.starts_with("before{"));
}

TEST(RecordTest, DecodingGivesTheRecordBack) {
  const auto record = Decode(Encoded(FullRecord()));
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->time, FullRecord().time);
  EXPECT_EQ(record->request, FullRecord().request);
  EXPECT_EQ(record->key_version, 3u);
  EXPECT_EQ(record->count, 2u);
  EXPECT_TRUE(record->recovered);
  EXPECT_EQ(Encoded(*record), Encoded(FullRecord()));
}

RC_GTEST_PROP(RecordTest, AnyTextsSurvive,
              (std::string principal, std::string name, std::string detail,
               std::uint32_t version)) {
  Record record;
  record.principal = principal;
  record.key_name = name;
  record.detail = detail;
  record.key_version = version;
  const std::string text = Encoded(record);
  const auto decoded = Decode(text);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(Encoded(*decoded) == text);
}

TEST(RecordTest, BytesThatAreNoUtf8BecomeReplacementCharacters) {
  Record record;
  record.key_name = "a\xff z";
  const auto decoded = Decode(Encoded(record));
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->key_name, "a\xef\xbf\xbd z");
}

TEST(RecordTest, ALongDetailIsShortenedBetweenCharacters) {
  Record record;
  for (int i = 0; i < 400; ++i) record.detail += "\xc3\xa9";
  record.detail.insert(0, "x");
  const auto decoded = Decode(Encoded(record));
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->detail.size(), 511u);
}

TEST(RecordTest, AnythingElseThanTheCanonicalFormIsRefused) {
  for (const char* text : {
           "",
           "{}",
           "[]",
           R"({"time":"yesterday"})",
           R"({"time":"1970-01-01T00:00:00Z"})",
           R"({ "time":"1970-01-01T00:00:00.000000Z"})",
           R"({"operation":"sign","time":"1970-01-01T00:00:00.000000Z"})",
           R"({"time":"1970-01-01T00:00:00.000000Z","operation":""})",
           R"({"time":"1970-01-01T00:00:00.000000Z","version":0})",
           R"({"time":"1970-01-01T00:00:00.000000Z","version":-1})",
           R"({"time":"1970-01-01T00:00:00.000000Z","version":4294967296})",
           R"({"time":"1970-01-01T00:00:00.000000Z","count":1})",
           R"({"time":"1970-01-01T00:00:00.000000Z","recovered":false})",
           R"({"time":"1970-01-01T00:00:00.000000Z","secret":"x"})",
           R"({"time":"1970-01-01T00:00:00.000000Z"} )",
       }) {
    EXPECT_THAT(Decode(text), IsError(Code::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace vallum::audit
