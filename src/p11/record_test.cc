// SPDX-License-Identifier: Apache-2.0
#include "p11/token/record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/test_matchers.h"

namespace vallum::p11 {
namespace {

TokenRecord Sample() {
  TokenRecord record;
  record.label = "label";
  record.kek_blob = Bytes(60, 1);
  record.record_key = Bytes(100, 2);
  record.officer.iterations = 20'000;
  record.user = record.officer;
  record.user_failures = 3;
  return record;
}

TEST(RecordTest, ATokenRecordComesBack) {
  EXPECT_THAT(DecodeToken(EncodeToken(Sample())), IsOkAnd(Sample()));
}

TEST(RecordTest, EveryShorterRecordIsRefused) {
  const Bytes whole = EncodeToken(Sample());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(DecodeToken(ByteSpan(whole).first(size)), IsError(Code::kIntegrity)) << size;
  }
}

TEST(RecordTest, BytesBehindTheEndAndNewerFormatsAreRefused) {
  Bytes bytes = EncodeToken(Sample());
  bytes.push_back(0);
  EXPECT_THAT(DecodeToken(bytes), IsError(Code::kIntegrity));
  bytes[0] = 2;
  EXPECT_THAT(DecodeToken(bytes), IsError(Code::kStorageVersion));
  EXPECT_THAT(DecodeRecord(Bytes{2, 0}), IsError(Code::kStorageVersion));
  EXPECT_THAT(DecodeRecord(Bytes(40, 1)), IsOk());
  EXPECT_THAT(DecodeRecord(Bytes{1, 7}), IsError(Code::kIntegrity));
  EXPECT_THAT(DecodeRecord(Bytes{1, 0, 0}), IsError(Code::kIntegrity));
  EXPECT_THAT(DecodeContent(Bytes{0, 0, 0, 2, 1}), IsError(Code::kIntegrity));
}

RC_GTEST_PROP(RecordTest, AnyBodyComesBack,
              (const std::map<std::uint32_t, Bytes>& values, const Bytes& blob)) {
  ObjectBody body;
  for (const auto& [type, value] : values) body.attributes.Set(type, value);
  body.forms.push_back({module::Algorithm::kEcP256, blob});
  const auto back = DecodeBody(EncodeBody(body));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->attributes == body.attributes);
  RC_ASSERT(back->forms.size() == 1u);
  RC_ASSERT(back->forms[0].sealed == blob);
}

RC_GTEST_PROP(RecordTest, WhateverIsDecodedEncodesToTheSame, (const Bytes& bytes)) {
  const auto body = DecodeBody(bytes);
  if (body && !body->is_public_key) RC_ASSERT(EncodeBody(*body) == bytes);
}

}  // namespace
}  // namespace vallum::p11
