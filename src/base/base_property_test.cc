// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/utf8.h"

namespace vallum {
namespace {

RC_GTEST_PROP(HexProperty, ReadsBackWhatItWrites, (const Bytes& bytes)) {
  RC_ASSERT(*FromHex(ToHex(bytes)) == bytes);
}

RC_GTEST_PROP(Base64Property, ReadsBackWhatItWrites, (const Bytes& bytes)) {
  const std::string text = ToBase64(bytes);
  RC_ASSERT(text.size() == Base64Size(bytes.size()));
  RC_ASSERT(*FromBase64(text) == bytes);
}

// One value has one text: whatever is accepted is what would have been written.
RC_GTEST_PROP(Base64Property, AcceptsOnlyWhatItWouldWrite, (const Bytes& bytes)) {
  std::string text = ToBase64(bytes);
  if (text.empty()) return;
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  text[at] = *rc::gen::arbitrary<char>();
  const auto decoded = FromBase64(text);
  if (decoded) RC_ASSERT(ToBase64(*decoded) == text);
}

RC_GTEST_PROP(ByteReaderProperty, NeverGoesPastTheEnd,
              (const Bytes& bytes, const std::vector<std::uint8_t>& steps)) {
  ByteReader reader(bytes);
  std::size_t read = 0;
  for (const std::uint8_t step : steps) {
    const auto piece = reader.ReadBytes(step);
    RC_ASSERT(piece.has_value() == (step <= bytes.size() - read));
    if (!piece) continue;
    RC_ASSERT(ToBytes(*piece) == Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(read),
                                       bytes.begin() + static_cast<std::ptrdiff_t>(read + step)));
    read += step;
  }
  RC_ASSERT(reader.remaining() == bytes.size() - read);
}

RC_GTEST_PROP(ByteReaderProperty, ReadsIntegersThatWereAppended,
              (std::uint16_t a, std::uint32_t b, std::uint64_t c)) {
  Bytes bytes;
  AppendBe64(bytes, c);
  AppendBe16(bytes, a);
  AppendBe32(bytes, b);
  ByteReader reader(bytes);
  RC_ASSERT(*reader.ReadBe64() == c);
  RC_ASSERT(*reader.ReadBe16() == a);
  RC_ASSERT(*reader.ReadBe32() == b);
}

RC_GTEST_PROP(JsonProperty, ParsesBackWhatTheWriterWrites,
              (std::int64_t number, bool flag, const Bytes& bytes, const Bytes& raw)) {
  const std::string_view all = AsText(raw);
  const std::string_view string = all.substr(0, internal::FirstInvalidUtf8(all));
  std::string text;
  JsonWriter(text)
      .BeginObject()
      .Name("number")
      .Integer(number)
      .Name("flag")
      .Bool(flag)
      .Name("bytes")
      .Base64(bytes)
      .Name("nested")
      .BeginArray()
      .BeginObject()
      .Name(string)
      .String(string)
      .EndObject()
      .EndArray()
      .EndObject();
  const auto document = JsonDocument::Parse(text);
  RC_ASSERT(document.has_value());
  ObjectReader object(document->root());
  RC_ASSERT(*object.Integer("number") == number);
  RC_ASSERT(*object.OptionalBool("flag") == flag);
  RC_ASSERT(*object.Base64("bytes") == bytes);
  const auto nested = object.Value("nested")->AsArray()->at(0);
  RC_ASSERT(*nested.Find(string)->AsString() == string);
  RC_ASSERT(object.Finish().has_value());
}

RC_GTEST_PROP(JsonProperty, AnyBytesAreParsedOrRefused, (Bytes bytes)) {
  (void)JsonDocument::ParseInPlace(bytes, {}).has_value();
}

RC_GTEST_PROP(ClockProperty, ParsesBackWhatItFormats,
              (std::int32_t seconds, std::uint32_t micros)) {
  const TimePoint time{std::chrono::seconds(seconds) + std::chrono::microseconds(micros)};
  RC_ASSERT(*ParseTime(FormatTime(time)) == time);
}

RC_GTEST_PROP(UuidProperty, ParsesBackWhatItFormats, ()) {
  const auto id =
      *rc::gen::container<std::array<std::uint8_t, 16>>(rc::gen::arbitrary<std::uint8_t>());
  RC_ASSERT(*ParseUuid(FormatUuid(id)) == id);
}

}  // namespace
}  // namespace vallum
