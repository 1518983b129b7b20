// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

namespace vallum {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

int HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

template <typename Integer>
void AppendBe(Bytes& out, Integer value) {
  for (std::size_t i = sizeof value; i-- > 0;) {
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

template <typename Integer>
Result<Integer> ReadBe(ByteReader& reader) {
  const ByteSpan bytes = TRY(reader.ReadBytes(sizeof(Integer)));
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return static_cast<Integer>(value);
}

}  // namespace

std::string ToHex(ByteSpan bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text.push_back(kHexDigits[byte >> 4]);
    text.push_back(kHexDigits[byte & 15]);
  }
  return text;
}

Result<Bytes> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) {
    return InvalidArgument("a hexadecimal value has an odd number of digits; give two a byte");
  }
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) {
      return InvalidArgument("a hexadecimal value holds another character than 0-9, a-f, A-F");
    }
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

void AppendBe16(Bytes& out, std::uint16_t value) { AppendBe(out, value); }
void AppendBe32(Bytes& out, std::uint32_t value) { AppendBe(out, value); }
void AppendBe64(Bytes& out, std::uint64_t value) { AppendBe(out, value); }

void Append(Bytes& out, ByteSpan bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

Result<std::uint8_t> ByteReader::ReadU8() { return ReadBe<std::uint8_t>(*this); }
Result<std::uint16_t> ByteReader::ReadBe16() { return ReadBe<std::uint16_t>(*this); }
Result<std::uint32_t> ByteReader::ReadBe32() { return ReadBe<std::uint32_t>(*this); }
Result<std::uint64_t> ByteReader::ReadBe64() { return ReadBe<std::uint64_t>(*this); }

Result<ByteSpan> ByteReader::ReadBytes(std::size_t count) {
  if (count > rest_.size()) {
    return InvalidArgument("the data ends too early: " + std::to_string(count) +
                           " more bytes expected, " + std::to_string(rest_.size()) + " left");
  }
  const ByteSpan bytes = rest_.first(count);
  rest_ = rest_.subspan(count);
  return bytes;
}

}  // namespace vallum
