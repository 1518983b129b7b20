// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include "base/json.h"
#include "base/test_matchers.h"

namespace vallum {
namespace {

std::string Written(const std::function<void(JsonWriter&)>& write) {
  std::string text;
  JsonWriter writer(text);
  write(writer);
  EXPECT_THAT(writer.status(), IsOk());
  SecretBuffer secret;
  JsonWriter secret_writer(secret);
  write(secret_writer);
  EXPECT_THAT(secret_writer.status(), IsOk());
  EXPECT_EQ(AsText(secret.span()), text);
  return text;
}

std::string Quoted(std::string_view value) {
  return Written([value](JsonWriter& writer) { writer.String(value); });
}

TEST(JsonWriterTest, PutsCommasWhereTheyBelong) {
  EXPECT_EQ(Written([](JsonWriter& writer) {
              writer.BeginObject().Name("a").BeginArray().Integer(1).BeginObject().EndObject();
              writer.BeginArray().EndArray().Bool(true).EndArray().Name("b").Null().Name("c");
              writer.BeginObject().Name("d").Bool(false).EndObject().Name("e").String("f");
              writer.EndObject();
            }),
            R"({"a":[1,{},[],true],"b":null,"c":{"d":false},"e":"f"})");
}

TEST(JsonWriterTest, WritesTheExtremesOfIntegers) {
  EXPECT_EQ(Written([](JsonWriter& writer) {
              writer.BeginArray().Integer(INT64_MIN).Integer(0).Integer(INT64_MAX).EndArray();
            }),
            "[-9223372036854775808,0,9223372036854775807]");
}

TEST(JsonWriterTest, EscapesWhatRfc8259Requires) {
  EXPECT_EQ(Quoted(""), R"("")");
  EXPECT_EQ(Quoted("\"\\/\b\f\n\r\t"), R"("\"\\/\b\f\n\r\t")");
  EXPECT_EQ(Quoted(std::string_view("a\0\x01\x1f\x7f", 5)), "\"a\\u0000\\u0001\\u001f\x7f\"");
}

TEST(JsonWriterTest, LeavesUtf8AsItIs) {
  EXPECT_EQ(Quoted("\xc3\xa9\xf0\x9f\x98\x80"), "\"\xc3\xa9\xf0\x9f\x98\x80\"");
}

TEST(JsonWriterTest, EscapesNamesToo) {
  EXPECT_EQ(
      Written([](JsonWriter& writer) { writer.BeginObject().Name("a\"b").Null().EndObject(); }),
      R"({"a\"b":null})");
}

TEST(JsonWriterTest, WritesBase64) {
  EXPECT_EQ(Written([](JsonWriter& writer) {
              writer.BeginArray().Base64(AsBytes("foob")).Base64({}).EndArray();
            }),
            R"(["Zm9vYg==",""])");
}

TEST(JsonWriterTest, InsertsRawJson) {
  EXPECT_EQ(Written([](JsonWriter& writer) {
              writer.BeginArray().Raw(R"({"a":1})").Raw("2").EndArray();
            }),
            R"([{"a":1},2])");
}

TEST(JsonWriterTest, AppendsToWhatIsThere) {
  std::string text = "x=";
  JsonWriter(text).BeginArray().EndArray();
  EXPECT_EQ(text, "x=[]");
}

#ifndef NDEBUG
TEST(JsonWriterDeathTest, AssertsThatCallsNest) {
  std::string text;
  EXPECT_DEATH(JsonWriter(text).EndObject(), "");
  EXPECT_DEATH(JsonWriter(text).Name("a"), "");
  EXPECT_DEATH(JsonWriter(text).BeginObject().Name("a").EndObject(), "");
}
#endif

}  // namespace
}  // namespace vallum
