// SPDX-License-Identifier: Apache-2.0
// What a server says, right and wrong.
#include "p11/token/remote_answers.h"

#include "base/test_matchers.h"

namespace vallum::p11 {
namespace {

constexpr std::string_view kKey = R"({"id":"0197d3a0-0000-7000-8000-000000000001","name":"web",)"
                                  R"("algorithm":"ec-p256","usages":["sign","verify"],)"
                                  R"("extractable":false,"origin":"generated","primary_version":2,)"
                                  R"("versions":[{"version":1,"state":"deactivated"},)"
                                  R"({"version":2,"state":"active"}],"new_member":[1,{}]})";

std::string With(std::string_view what, std::string_view by) {
  std::string text(kKey);
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

std::string List(std::string_view keys, std::string_view next = R"("")") {
  return R"({"keys":[)" + std::string(keys) + R"(],"next":)" + std::string(next) + "}";
}

template <typename Read>
auto Of(std::string_view text, const Read& read) {
  const auto document = JsonDocument::Parse(text, {.max_bytes = 16 << 20});
  EXPECT_THAT(document, IsOk());
  return read(document->root());
}

auto Keys(const std::string& text) { return Of(text, ReadKeys); }

TEST(RemoteAnswersTest, AKeyIsReadAndWhatANewerServerAddsIsNot) {
  const auto list = Keys(List(kKey, R"("web")"));
  ASSERT_THAT(list, IsOk());
  EXPECT_EQ(list->next, "web");
  ASSERT_EQ(list->items.size(), 1u);
  const ServerKey& key = list->items[0];
  EXPECT_EQ(ToString(key.id), "0197d3a0-0000-7000-8000-000000000001");
  EXPECT_EQ(key.name, "web");
  EXPECT_EQ(key.algorithm, module::Algorithm::kEcP256);
  EXPECT_TRUE(key.usages.Has(module::Usage::kSign));
  EXPECT_EQ(key.version, 2u);
  EXPECT_TRUE(key.active);
  EXPECT_TRUE(key.generated);
  EXPECT_FALSE(key.extractable);
}

TEST(RemoteAnswersTest, KeysThatAreNotKnownOrGoneAreLeftOut) {
  EXPECT_TRUE(Keys(List(With("ec-p256", "ec-p999")))->items.empty());
  EXPECT_TRUE(Keys(List(With("\"sign\"", "\"teleport\"")))->items.empty());
  EXPECT_TRUE(Keys(List(With("\"active\"", "\"destroyed\"")))->items.empty());
  EXPECT_FALSE(Keys(List(With("\"active\"", "\"deactivated\"")))->items.at(0).active);
}

TEST(RemoteAnswersTest, AListThatIsNotOneIsTheServersFault) {
  for (const std::string& text :
       {std::string("[]"), std::string("7"), std::string("{}"), List("7"), List("{}"),
        List(kKey, "7"), List(kKey, '"' + std::string(129, 'x') + '"'),
        List(With("\"web\"", '"' + std::string(129, 'x') + '"')), List(With("\"web\"", "\"\"")),
        List(With("\"web\"", "{}")), List(With("0197d3a0", "0197")),
        List(With("\"primary_version\":2", "\"primary_version\":0")),
        List(With("\"primary_version\":2", "\"primary_version\":4294967296")),
        List(With("\"primary_version\":2", "\"primary_version\":3")),
        List(With("\"versions\":[", "\"versions\":[{},")),
        List(With("\"extractable\":false", "\"extractable\":1"))}) {
    EXPECT_THAT(Keys(text), IsError(Code::kNetwork)) << text;
  }
}

TEST(RemoteAnswersTest, ObjectsAreReadAndWhatIsNoneIsRefused) {
  const auto read = [](std::string_view object) {
    return Of(R"({"objects":[)" + std::string(object) + R"(],"next":""})", ReadObjects);
  };
  const auto page = read(R"({"name":"p11-1","kind":"pkcs11","value":"AQI=","revision":7})");
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->items.at(0).name, "p11-1");
  EXPECT_EQ(page->items.at(0).value, (Bytes{1, 2}));
  EXPECT_EQ(page->items.at(0).revision, 7u);
  for (const char* object :
       {R"({"name":"","value":"AQI=","revision":7})", R"({"name":"a","value":"AQI="})",
        R"({"name":"a","value":7,"revision":7})", R"({"name":"a","value":"AQI=","revision":0})",
        R"({"name":"a","value":"AQI=","revision":-1})", "7"}) {
    EXPECT_THAT(read(object), IsError(Code::kNetwork)) << object;
  }
}

TEST(RemoteAnswersTest, AKeyThatWasMadeIsOneThatCanBeUsed) {
  EXPECT_THAT(Of(kKey, ReadCreatedKey), IsOk());
  EXPECT_THAT(Of(With("ec-p256", "ec-p999"), ReadCreatedKey), IsError(Code::kNetwork));
  EXPECT_THAT(Of("{}", ReadCreatedKey), IsError(Code::kNetwork));
}

TEST(RemoteAnswersTest, WhatWasMadeBelongsToTheVersionAskedFor) {
  const auto read = [](std::string_view text) {
    return Of(text, [](JsonValue answer) { return ReadMade(answer, "signature", 2); });
  };
  const auto made = read(R"({"signature":"AQI=","version":2,"fips":{"approved":true}})");
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->value, (Bytes{1, 2}));
  EXPECT_TRUE(made->indicator.approved());
  for (const char* text :
       {R"({"signature":"AQI=","version":1})", R"({"signature":"AQI="})", R"({"version":2})",
        R"({"signature":7,"version":2})", R"({"signature":"!","version":2})",
        R"({"signature":"AQI=","version":2,"fips":{"approved":"yes"}})"}) {
    EXPECT_THAT(read(text), IsError(Code::kNetwork)) << text;
  }
}

TEST(RemoteAnswersTest, WithoutAnIndicatorNothingIsApproved) {
  for (const char* text :
       {R"({"signature":"AQI=","version":2})", R"({"signature":"AQI=","version":2,"fips":{}})",
        R"({"signature":"AQI=","version":2,"fips":{"approved":false}})"}) {
    const auto made = Of(text, [](JsonValue answer) { return ReadMade(answer, "signature", 2); });
    ASSERT_THAT(made, IsOk());
    EXPECT_FALSE(made->indicator.approved()) << text;
  }
}

TEST(RemoteAnswersTest, APublicKeyIsOfTheVersionAskedFor) {
  const auto read = [](std::string_view text) {
    return Of(text, [](JsonValue answer) { return ReadPublicKey(answer, 3); });
  };
  EXPECT_THAT(read(R"({"public_key":"AQI=","version":3})"), IsOkAnd(Bytes({1, 2})));
  EXPECT_THAT(read(R"({"public_key":"AQI=","version":2})"), IsError(Code::kNetwork));
  EXPECT_THAT(read(R"({"version":3})"), IsError(Code::kNetwork));
}

TEST(RemoteAnswersTest, OnlyAYesIsAYes) {
  const auto read = [](std::string_view text) { return Of(text, ReadVerdict); };
  EXPECT_THAT(read(R"({"valid":true,"fips":{"approved":true}})"), IsOk());
  EXPECT_THAT(read(R"({"valid":false,"fips":{"approved":true}})"), IsError(Code::kVerifyFailed));
  EXPECT_THAT(read(R"({"valid":"true"})"), IsError(Code::kNetwork));
  EXPECT_THAT(read(R"({})"), IsError(Code::kNetwork));
}

}  // namespace
}  // namespace vallum::p11
