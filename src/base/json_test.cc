// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include "base/test_matchers.h"

namespace vallum {
namespace {

using testing::AllOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Status ParseStatus(std::string_view text, const JsonLimits& limits = {}) {
  TRY(JsonDocument::Parse(text, limits));
  return {};
}

JsonDocument Parsed(std::string_view text) {
  auto document = JsonDocument::Parse(text);
  EXPECT_THAT(document, IsOk()) << text;
  return *std::move(document);
}

std::string Nested(std::size_t depth, std::string_view open, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  text += open.back() == ':' ? "1" : "";
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(JsonTest, ReadsEveryType) {
  const auto document = Parsed(R"( {"s":"x","i":-5,"b":true,"n":null,"a":[1,"2"],"o":{}} )");
  const JsonValue root = document.root();
  EXPECT_TRUE(root.IsObject());
  EXPECT_THAT(root.Find("s")->AsString(), IsOkAnd(Eq("x")));
  EXPECT_THAT(root.Find("i")->AsInteger(), IsOkAnd(Eq(-5)));
  EXPECT_THAT(root.Find("b")->AsBool(), IsOkAnd(Eq(true)));
  EXPECT_TRUE(root.Find("n")->IsNull());
  EXPECT_TRUE(root.Find("a")->IsArray());
  const auto elements = root.Find("a")->AsArray();
  ASSERT_THAT(elements, IsOkAnd(SizeIs(2)));
  EXPECT_THAT((*elements)[1].AsString(), IsOkAnd(Eq("2")));
  EXPECT_THAT(root.Find("o")->Members(), IsOkAnd(SizeIs(0)));
  EXPECT_FALSE(root.Find("no").has_value());
  EXPECT_FALSE(root.Find("s")->Find("x").has_value());
}

TEST(JsonTest, ListsMembersInOrder) {
  const auto document = Parsed(R"({"b":1,"a":2,"":3})");
  const auto members = document.root().Members();
  ASSERT_THAT(members, IsOkAnd(SizeIs(3)));
  EXPECT_EQ((*members)[0].first, "b");
  EXPECT_EQ((*members)[1].first, "a");
  EXPECT_EQ((*members)[2].first, "");
  EXPECT_THAT((*members)[2].second.AsInteger(), IsOkAnd(Eq(3)));
}

TEST(JsonTest, RefusesTheWrongType) {
  const auto document = Parsed(R"(["x",1,{},[],null,true])");
  const auto values = *document.root().AsArray();
  EXPECT_THAT(values[1].AsString(), IsError(Code::kInvalidArgument));
  EXPECT_THAT(values[0].AsInteger(), IsError(Code::kInvalidArgument));
  EXPECT_THAT(values[4].AsBool(), IsError(Code::kInvalidArgument));
  EXPECT_THAT(values[2].AsArray(), IsError(Code::kInvalidArgument));
  EXPECT_THAT(values[3].Members(), IsError(Code::kInvalidArgument));
}

TEST(JsonTest, ReadsWholeNumbersOf64BitsOnly) {
  const auto integer = [](std::string_view text) {
    const auto document = Parsed(text);
    return document.root().AsInteger();
  };
  EXPECT_THAT(integer("9223372036854775807"), IsOkAnd(Eq(INT64_MAX)));
  EXPECT_THAT(integer("-9223372036854775808"), IsOkAnd(Eq(INT64_MIN)));
  EXPECT_THAT(integer("-0"), IsOkAnd(Eq(0)));
  for (const char* text : {"9223372036854775808", "-9223372036854775809", "18446744073709551616",
                           "1.0", "1.5", "1e3", "1E-3"}) {
    EXPECT_THAT(integer(text), IsError(Code::kInvalidArgument)) << text;
  }
}

TEST(JsonTest, UndoesEscapes) {
  const auto document =
      Parsed(R"(["\"\\\/\b\f\n\r\t","\u0041\u00e9\u20ac\ud83d\ude00","a\u0000b"])");
  const auto values = *document.root().AsArray();
  EXPECT_THAT(values[0].AsString(), IsOkAnd(Eq("\"\\/\b\f\n\r\t")));
  EXPECT_THAT(values[1].AsString(), IsOkAnd(Eq("A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));
  EXPECT_THAT(values[2].AsString(), IsOkAnd(Eq(std::string_view("a\0b", 3))));
}

TEST(JsonTest, FindsTheEndOfAStringAtEveryOffset) {
  for (std::size_t size = 0; size < 40; ++size) {
    for (const std::string_view escape : {"", "\\n", "\\u0041"}) {
      const std::string plain(size, 'p');
      const auto document = Parsed("[\"" + plain + std::string(escape) + plain + "\",1]");
      const auto text = document.root().AsArray()->front().AsString();
      const std::string middle = escape.empty() ? "" : escape == "\\n" ? "\n" : "A";
      EXPECT_THAT(text, IsOkAnd(Eq(plain + middle + plain)));
    }
  }
}

TEST(JsonTest, ParsesInPlaceWithoutCopyingStrings) {
  auto text = *SecretBytes::CopyOf(AsBytes(R"({"plaintext":"c2VjcmV0","k":"a\nb"})"));
  const auto document = JsonDocument::ParseInPlace(text.mutable_span(), {});
  ASSERT_THAT(document, IsOk());
  const auto* begin = reinterpret_cast<const char*>(text.span().data());
  for (const char* name : {"plaintext", "k"}) {
    const auto value = document->root().Find(name)->AsString();
    ASSERT_THAT(value, IsOk());
    EXPECT_GE(value->data(), begin);
    EXPECT_LE(value->data() + value->size(), begin + text.size());
  }
}

TEST(JsonTest, ReadsNothingPastTheEndOfTheSpan) {
  const std::string text = R"({"a":"b","c":[1,2,{"d":"e\u0041"}]})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    Bytes exact = ToBytes(AsBytes(std::string_view(text).substr(0, size)));
    exact.shrink_to_fit();
    EXPECT_THAT(JsonDocument::ParseInPlace(exact, {}), IsError(Code::kInvalidArgument)) << size;
  }
  Bytes whole = ToBytes(AsBytes(text));
  EXPECT_THAT(JsonDocument::ParseInPlace(whole, {}), IsOk());
}

TEST(JsonTest, SurvivesBeingMoved) {
  JsonDocument first = Parsed(R"(["kept"])");
  JsonDocument second(std::move(first));
  JsonDocument third = Parsed("1");
  third = std::move(second);
  EXPECT_THAT(third.root().AsArray()->front().AsString(), IsOkAnd(Eq("kept")));
}

TEST(JsonTest, RefusesMalformedTexts) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "[",
                           "[1,]",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "tru",
                           "nul",
                           "NaN",
                           "Infinity",
                           "-",
                           "01",
                           "1.",
                           ".5",
                           "1e",
                           "+1",
                           "0x10",
                           "\"",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u123g\"",
                           "\"\t\"",
                           "\"\n\"",
                           "[1 2]",
                           "1 2",
                           "{} {}",
                           "[]]",
                           "// c\n1",
                           "/* c */1",
                           "1//",
                           "\xef\xbb\xbf{}",
                           "1e999"}) {
    EXPECT_THAT(ParseStatus(text), IsError(Code::kInvalidArgument, HasSubstr("byte"))) << text;
  }
}

TEST(JsonTest, RefusesNulBytesAnywhere) {
  for (const std::string_view text : {std::string_view("{}\0", 3), std::string_view("{}\0{}", 5),
                                      std::string_view("\0{}", 3), std::string_view("\"a\0b\"", 5),
                                      std::string_view("1\0002", 3), std::string_view("[\0]", 3)}) {
    EXPECT_THAT(ParseStatus(text), IsError(Code::kInvalidArgument));
  }
}

TEST(JsonTest, RefusesInvalidUtf8) {
  for (const char* text : {"\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xc0\xaf\"", "[1]\x80"}) {
    EXPECT_THAT(ParseStatus(text), IsError(Code::kInvalidArgument, HasSubstr("UTF-8"))) << text;
  }
}

TEST(JsonTest, RefusesLoneSurrogates) {
  for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\ud800\u0041")",
                           R"("\udc00\ud800")", R"({"\udfff":1})"}) {
    EXPECT_THAT(ParseStatus(text), IsError(Code::kInvalidArgument)) << text;
  }
}

TEST(JsonTest, RefusesDuplicateMembersAndSaysWhere) {
  EXPECT_THAT(ParseStatus(R"({"a":1,"b":2,"a":3})"),
              IsError(Code::kInvalidArgument, HasSubstr("byte 14")));
  EXPECT_THAT(ParseStatus(R"([{"o":{"x":1,"\u0078":1}}])"), IsError(Code::kInvalidArgument));
  EXPECT_THAT(ParseStatus(R"({"":1,"":2})"), IsError(Code::kInvalidArgument));
  EXPECT_THAT(ParseStatus(R"([{"a":1},{"a":1},{"b":{"a":1}}])"), IsOk());
}

TEST(JsonTest, RefusesADuplicateAmongManyMembers) {
  std::string text = "{\"m0\":0";
  for (int i = 1; i < 5000; ++i) text += ",\"m" + std::to_string(i) + "\":0";
  EXPECT_THAT(ParseStatus(text + "}"), IsOk());
  EXPECT_THAT(ParseStatus(text + ",\"m777\":0}"), IsError(Code::kInvalidArgument));
}

TEST(JsonTest, EnforcesTheDepthLimitExactly) {
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair("{\"a\":", "}")}) {
    EXPECT_THAT(ParseStatus(Nested(16, open, close)), IsOk());
    EXPECT_THAT(ParseStatus(Nested(17, open, close)),
                IsError(Code::kInvalidArgument, HasSubstr("deep")));
  }
  EXPECT_THAT(ParseStatus("[[],[[]],[]]", {.max_depth = 3}), IsOk());
  EXPECT_THAT(ParseStatus("[]", {.max_depth = 0}), IsError(Code::kInvalidArgument));
}

TEST(JsonTest, AHugeDepthDoesNotUseUpTheStack) {
  const JsonLimits limits = {.max_bytes = 10 << 20, .max_depth = 1 << 30};
  EXPECT_THAT(ParseStatus(Nested(256, "[", "]"), limits), IsOk());
  EXPECT_THAT(ParseStatus(std::string(5 << 20, '['), limits), IsError(Code::kInvalidArgument));
}

TEST(JsonTest, EnforcesTheSizeLimitExactly) {
  EXPECT_THAT(ParseStatus("[1,2]", {.max_bytes = 5}), IsOk());
  EXPECT_THAT(ParseStatus("[1,2]", {.max_bytes = 4}), IsError(Code::kInvalidArgument));
}

TEST(JsonTest, ErrorsShowNothingOfTheText) {
  EXPECT_THAT(ParseStatus(R"({"hunter2":"hunter2","hunter2":hunter2})"),
              IsError(Code::kInvalidArgument, Not(HasSubstr("hunter2"))));
}

TEST(ObjectReaderTest, TakesEveryKindOfMember) {
  const auto document = Parsed(
      R"({"s":"x","i":7,"v":[1],"b":"Zm9v","sec":"Zm9v","os":"y","oi":8,"ob":false,"oB":"Zg=="})");
  ObjectReader object(document.root());
  EXPECT_THAT(object.String("s"), IsOkAnd(Eq("x")));
  EXPECT_THAT(object.Integer("i"), IsOkAnd(Eq(7)));
  ASSERT_THAT(object.Value("v"), IsOk());
  EXPECT_THAT(object.Base64("b"), IsOkAnd(Eq(ToBytes(AsBytes("foo")))));
  const auto secret = object.SecretBase64("sec");
  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(AsText(secret->span()), "foo");
  EXPECT_THAT(object.OptionalString("os"), IsOkAnd(Eq(std::optional<std::string_view>("y"))));
  EXPECT_THAT(object.OptionalInteger("oi"), IsOkAnd(Eq(std::optional<std::int64_t>(8))));
  EXPECT_THAT(object.OptionalBool("ob"), IsOkAnd(Eq(std::optional<bool>(false))));
  EXPECT_THAT(object.OptionalBase64("oB"), IsOkAnd(Eq(std::optional<Bytes>(Bytes{'f'}))));
  EXPECT_THAT(object.Finish(), IsOk());
}

TEST(ObjectReaderTest, OptionalMembersMayBeMissingOrNull) {
  const auto document = Parsed(R"({"null":null})");
  ObjectReader object(document.root());
  for (const char* name : {"null", "missing"}) {
    EXPECT_THAT(object.OptionalString(name), IsOkAnd(Eq(std::nullopt)));
    EXPECT_THAT(object.OptionalInteger(name), IsOkAnd(Eq(std::nullopt)));
    EXPECT_THAT(object.OptionalBool(name), IsOkAnd(Eq(std::nullopt)));
    EXPECT_THAT(object.OptionalBase64(name), IsOkAnd(Eq(std::nullopt)));
    EXPECT_FALSE(object.OptionalValue(name).has_value());
  }
  EXPECT_THAT(object.Finish(), IsOk());
}

TEST(ObjectReaderTest, NamesTheMissingMember) {
  const auto document = Parsed("{}");
  ObjectReader object(document.root());
  const auto error = IsError(Code::kInvalidArgument, HasSubstr("member \"alg\" is missing"));
  EXPECT_THAT(object.String("alg"), error);
  EXPECT_THAT(object.Integer("alg"), error);
  EXPECT_THAT(object.Value("alg"), error);
  EXPECT_THAT(object.Base64("alg"), error);
  EXPECT_THAT(object.SecretBase64("alg"), error);
}

TEST(ObjectReaderTest, NamesTheMemberOfTheWrongType) {
  const auto document = Parsed(R"({"m":[]})");
  ObjectReader object(document.root());
  const auto error = IsError(Code::kInvalidArgument, HasSubstr("member \"m\": "));
  EXPECT_THAT(object.String("m"), error);
  EXPECT_THAT(object.Integer("m"), error);
  EXPECT_THAT(object.Base64("m"), error);
  EXPECT_THAT(object.SecretBase64("m"), error);
  EXPECT_THAT(object.OptionalString("m"), error);
  EXPECT_THAT(object.OptionalInteger("m"), error);
  EXPECT_THAT(object.OptionalBool("m"), error);
  EXPECT_THAT(object.OptionalBase64("m"), error);
}

TEST(ObjectReaderTest, NamesTheMemberWithWrongBase64ButNotItsValue) {
  const auto document = Parsed(R"({"m":"hunter2"})");
  ObjectReader object(document.root());
  const auto error =
      IsError(Code::kInvalidArgument, AllOf(HasSubstr("\"m\""), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(object.Base64("m"), error);
  EXPECT_THAT(object.SecretBase64("m"), error);
}

TEST(ObjectReaderTest, NamesTheUnknownMemberHarmlessly) {
  const auto document = Parsed(R"({"known":1,"b\u001b\"\nad":2})");
  ObjectReader object(document.root());
  EXPECT_THAT(object.Integer("known"), IsOk());
  EXPECT_THAT(object.Finish(),
              IsError(Code::kInvalidArgument, HasSubstr("member \"b???ad\" is unknown")));
}

TEST(ObjectReaderTest, KeepsCountOfManyMembers) {
  std::string text = "{\"m0\":0";
  for (int i = 1; i < 130; ++i) text += ",\"m" + std::to_string(i) + "\":" + std::to_string(i);
  const auto document = Parsed(text + "}");
  ObjectReader object(document.root());
  for (int i = 0; i < 129; ++i) {
    EXPECT_THAT(object.Integer("m" + std::to_string(i)), IsOkAnd(Eq(i)));
  }
  EXPECT_THAT(object.Finish(), IsError(Code::kInvalidArgument, HasSubstr("m129")));
  EXPECT_THAT(object.Integer("m129"), IsOk());
  EXPECT_THAT(object.Finish(), IsOk());
}

TEST(ObjectReaderTest, RefusesWhatIsNoObject) {
  const auto document = Parsed("[1]");
  ObjectReader object(document.root());
  EXPECT_FALSE(object.OptionalValue("a").has_value());
  EXPECT_THAT(object.Finish(), IsError(Code::kInvalidArgument, HasSubstr("not a JSON object")));
}

}  // namespace
}  // namespace vallum
