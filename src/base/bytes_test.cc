// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include "base/test_matchers.h"

namespace vallum {
namespace {

using testing::Eq;

Bytes Counting(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37);
  return bytes;
}

// The definition, character by character, to compare the fast way with.
std::string SlowBase64(ByteSpan bytes) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += 6) {
    unsigned sextet = 0;
    for (std::size_t i = bit; i < bit + 6; ++i) {
      const unsigned byte = i / 8 < bytes.size() ? bytes[i / 8] : 0U;
      sextet = sextet << 1 | (byte >> (7 - i % 8) & 1);
    }
    text.push_back(kAlphabet[sextet]);
  }
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

TEST(BytesTest, ViewsTextAsBytesAndBack) { EXPECT_EQ(AsText(AsBytes("wall")), "wall"); }

TEST(HexTest, WritesLowerCase) { EXPECT_EQ(ToHex(Bytes{0x00, 0xab, 0xff}), "00abff"); }

TEST(HexTest, ReadsEitherCase) {
  EXPECT_THAT(FromHex("00AbfF"), IsOkAnd(Eq(Bytes{0x00, 0xab, 0xff})));
  EXPECT_THAT(FromHex(""), IsOkAnd(Eq(Bytes{})));
}

TEST(HexTest, RefusesAnOddNumberOfDigits) {
  EXPECT_THAT(FromHex("abc"), IsError(Code::kInvalidArgument));
}

TEST(HexTest, RefusesOtherCharacters) {
  for (const char* text : {"0g", "g0", " 0", "0x", "0/", "0:", "0@", "0`"}) {
    EXPECT_THAT(FromHex(text), IsError(Code::kInvalidArgument)) << text;
  }
}

// RFC 4648 section 10.
TEST(Base64Test, MatchesTheVectorsOfTheStandard) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(ToBase64(AsBytes(plain)), text);
    EXPECT_THAT(FromBase64(text), IsOkAnd(Eq(ToBytes(AsBytes(plain)))));
  }
}

TEST(Base64Test, AgreesWithTheDefinitionAtEverySize) {
  for (std::size_t size = 0; size < 200; ++size) {
    const Bytes bytes = Counting(size);
    const std::string text = ToBase64(bytes);
    EXPECT_EQ(text, SlowBase64(bytes));
    EXPECT_EQ(text.size(), Base64Size(size));
    EXPECT_THAT(DecodedBase64Size(text), IsOkAnd(Eq(size)));
    EXPECT_THAT(FromBase64(text), IsOkAnd(Eq(bytes)));
  }
}

TEST(Base64Test, CoversTheWholeAlphabet) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto bytes = FromBase64(alphabet);
  ASSERT_THAT(bytes, IsOk());
  EXPECT_EQ(SlowBase64(*bytes), alphabet);
  EXPECT_EQ(ToBase64(*bytes), alphabet);
}

TEST(Base64Test, RefusesEveryCharacterOutsideTheAlphabetAtEveryPlace) {
  const std::string good = ToBase64(Counting(48));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int character = 0; character < 256; ++character) {
      std::string text = good;
      text[at] = static_cast<char>(character);
      const bool in_alphabet = std::isalnum(character) != 0 || character == '+' || character == '/';
      const bool last_pad = character == '=' && at == good.size() - 1;
      if (last_pad) continue;
      EXPECT_EQ(FromBase64(text).has_value(), in_alphabet) << at << " " << character;
    }
  }
}

TEST(Base64Test, RefusesWrongLengths) {
  for (const char* text : {"A", "AA", "AAA", "AAAAA", "Zg=", "="}) {
    EXPECT_THAT(FromBase64(text), IsError(Code::kInvalidArgument)) << text;
    EXPECT_THAT(DecodedBase64Size(text), IsError(Code::kInvalidArgument)) << text;
  }
}

TEST(Base64Test, RefusesWrongPadding) {
  for (const char* text : {"====", "A===", "=AAA", "A=AA", "AA=A", "Zg==Zg==", "Zm8=Zm8="}) {
    EXPECT_THAT(FromBase64(text), IsError(Code::kInvalidArgument)) << text;
  }
}

TEST(Base64Test, RefusesBitsLeftOverInTheLastCharacter) {
  for (const char* text : {"Zh==", "Zm9=", "////////////////////Zv=="}) {
    EXPECT_THAT(FromBase64(text), IsError(Code::kInvalidArgument)) << text;
  }
}

TEST(Base64Test, RefusesTheUrlAlphabetAndWhiteSpace) {
  for (const char* text : {"-_-_", "Zm9v\n", "Zm 9", "Zm9v Zm9", "\nZm9vZg="}) {
    EXPECT_THAT(FromBase64(text), IsError(Code::kInvalidArgument)) << text;
  }
}

TEST(Base64Test, LeavesZerosBehindWhenItRefuses) {
  std::string text = ToBase64(Counting(48));
  text[60] = '!';
  Bytes out(48, 0xaa);
  EXPECT_THAT(DecodeBase64(text, out), IsError(Code::kInvalidArgument));
  EXPECT_EQ(out, Bytes(48, 0));
}

TEST(Base64Test, RefusesAnOutputOfTheWrongSize) {
  Bytes out(2);
  EXPECT_THAT(DecodeBase64("Zm9v", out), IsError(Code::kInternal));
}

TEST(ByteReaderTest, ReadsWhatWasAppended) {
  Bytes bytes = {0x01};
  AppendBe16(bytes, 0x0203);
  AppendBe32(bytes, 0x04050607);
  AppendBe64(bytes, 0x08090a0b0c0d0e0f);
  Append(bytes, AsBytes("end"));
  EXPECT_EQ(ToHex(bytes), "0102030405060708090a0b0c0d0e0f656e64");
  ByteReader reader(bytes);
  EXPECT_THAT(reader.ReadU8(), IsOkAnd(Eq(0x01)));
  EXPECT_THAT(reader.ReadBe16(), IsOkAnd(Eq(0x0203)));
  EXPECT_THAT(reader.ReadBe32(), IsOkAnd(Eq(0x04050607U)));
  EXPECT_THAT(reader.ReadBe64(), IsOkAnd(Eq(0x08090a0b0c0d0e0fU)));
  EXPECT_EQ(AsText(reader.rest()), "end");
  const auto view = reader.ReadBytes(3);
  ASSERT_THAT(view, IsOk());
  EXPECT_EQ(view->data(), bytes.data() + 15);
  EXPECT_EQ(reader.remaining(), 0U);
}

TEST(ByteReaderTest, RefusesToReadPastTheEndAndStaysWhereItWas) {
  const Bytes bytes = {1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_THAT(reader.ReadBe32(), IsError(Code::kInvalidArgument));
  EXPECT_THAT(reader.ReadBe64(), IsError(Code::kInvalidArgument));
  EXPECT_THAT(reader.ReadBytes(4), IsError(Code::kInvalidArgument));
  EXPECT_THAT(reader.ReadBytes(~std::size_t{0}), IsError(Code::kInvalidArgument));
  EXPECT_EQ(reader.remaining(), 3U);
  EXPECT_THAT(reader.ReadBytes(3), IsOk());
  EXPECT_THAT(reader.ReadU8(), IsError(Code::kInvalidArgument));
  EXPECT_THAT(reader.ReadBe16(), IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum
