// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 section 4) without tables: 12 bytes become 16 characters through 64-bit shifts
// and one vector of 16 lanes of compare-and-add, so time and addresses tell nothing about the
// contents, at about the speed of a table.
#include <algorithm>
#include <bit>
#include <cstring>

#include "base/bytes.h"
#include "base/secret.h"

namespace vallum {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kBlockBytes = 12;
constexpr std::size_t kBlockChars = 16;

using Lanes = std::uint8_t __attribute__((vector_size(16)));
using Halves = std::uint64_t __attribute__((vector_size(16)));

// Each comparison gives lanes of 0xff or 0.
Lanes Mask(auto comparison) { return reinterpret_cast<Lanes>(comparison); }

Lanes Between(Lanes value, std::uint8_t low, std::uint8_t high) {
  return Mask(value >= low) & Mask(value <= high);
}

// 6 bytes, first in the high bits of the low 48, become 8 sextets, one a byte, first in front.
std::uint64_t Spread(std::uint64_t bits) {
  bits = (bits & 0xffffff) | (bits & 0xffffff000000) << 8;
  bits = (bits & 0x00000fff00000fff) | (bits & 0x00fff00000fff000) << 4;
  bits = (bits & 0x003f003f003f003f) | (bits & 0x0fc00fc00fc00fc0) << 2;
  return __builtin_bswap64(bits);
}

std::uint64_t Gather(std::uint64_t sextets) {
  std::uint64_t bits = __builtin_bswap64(sextets);
  bits = (bits & 0x003f003f003f003f) | (bits & 0x3f003f003f003f00) >> 2;
  bits = (bits & 0x00000fff00000fff) | (bits & 0x0fff00000fff0000) >> 4;
  return (bits & 0xffffff) | (bits & 0x00ffffff00000000) >> 8;
}

// Two loads that registers can join: a copy through memory would wait for its own store.
std::uint64_t LoadBe48(const std::uint8_t* from) {
  std::uint32_t high = 0;
  std::uint16_t low = 0;
  std::memcpy(&high, from, sizeof high);
  std::memcpy(&low, from + sizeof high, sizeof low);
  return std::uint64_t{__builtin_bswap32(high)} << 16 | __builtin_bswap16(low);
}

void EncodeBlock(const std::uint8_t* bytes, char* out) {
  const Halves halves = {Spread(LoadBe48(bytes)), Spread(LoadBe48(bytes + 6))};
  const Lanes sextets = reinterpret_cast<Lanes>(halves);
  const Lanes chars = sextets + static_cast<std::uint8_t>('A') +
                      (Mask(sextets >= 26) & static_cast<std::uint8_t>('a' - 'A' - 26)) -
                      (Mask(sextets >= 52) & static_cast<std::uint8_t>('a' - '0' + 26)) -
                      (Mask(sextets >= 62) & static_cast<std::uint8_t>('0' + 10 - '+')) +
                      (Mask(sextets >= 63) & static_cast<std::uint8_t>('/' - '+' - 1));
  std::memcpy(out, &chars, sizeof chars);
}

// Returns lanes that are not 0 where a character is outside the alphabet.
Lanes DecodeBlock(const char* text, std::uint8_t* out) {
  Lanes chars;
  std::memcpy(&chars, text, sizeof chars);
  const Lanes upper = Between(chars, 'A', 'Z');
  const Lanes lower = Between(chars, 'a', 'z');
  const Lanes digit = Between(chars, '0', '9');
  const Lanes plus = Mask(chars == '+');
  const Lanes slash = Mask(chars == '/');
  const Lanes sextets = (upper & (chars - 'A')) | (lower & (chars - ('a' - 26))) |
                        (digit & (chars + (52 - '0'))) | (plus & 62) | (slash & 63);
  const auto halves = reinterpret_cast<Halves>(sextets);
  const std::uint64_t first = __builtin_bswap64(Gather(halves[0]) << 16);
  const std::uint64_t second = __builtin_bswap64(Gather(halves[1]) << 16);
  std::memcpy(out, &first, 6);
  std::memcpy(out + 6, &second, 6);
  return ~(upper | lower | digit | plus | slash);
}

bool AnySet(Lanes lanes) {
  const auto halves = reinterpret_cast<Halves>(lanes);
  return (halves[0] | halves[1]) != 0;
}

std::size_t Padding(std::string_view text) {
  if (text.empty() || text.back() != '=') return 0;
  return text[text.size() - 2] == '=' ? 2 : 1;
}

// At most 16 characters, padding included. 'A' is zero bits, so that the filling decodes to nothing
// and the bits that padding leaves over must come out as zero.
bool DecodeTail(std::string_view text, MutableByteSpan out) {
  char chars[kBlockChars];
  std::uint8_t bytes[kBlockBytes];
  std::fill(std::copy(text.begin(), text.end() - static_cast<std::ptrdiff_t>(Padding(text)), chars),
            std::end(chars), 'A');
  const bool bad = AnySet(DecodeBlock(chars, bytes));
  std::copy_n(bytes, out.size(), out.begin());
  std::uint8_t left_over = 0;
  for (const std::uint8_t byte : ByteSpan(bytes).subspan(out.size())) left_over |= byte;
  Wipe(chars, sizeof chars);
  Wipe(bytes, sizeof bytes);
  return !bad && left_over == 0;
}

}  // namespace

void EncodeBase64(ByteSpan bytes, char* out) {
  std::size_t done = 0;
  for (; bytes.size() - done >= kBlockBytes; done += kBlockBytes, out += kBlockChars) {
    EncodeBlock(bytes.data() + done, out);
  }
  const ByteSpan tail = bytes.subspan(done);
  if (tail.empty()) return;
  std::uint8_t padded[kBlockBytes] = {};
  char chars[kBlockChars];
  std::copy(tail.begin(), tail.end(), padded);
  EncodeBlock(padded, chars);
  const std::size_t digits = (tail.size() * 8 + 5) / 6;
  std::fill(std::copy_n(chars, digits, out), out + Base64Size(tail.size()), '=');
  Wipe(padded, sizeof padded);
  Wipe(chars, sizeof chars);
}

std::string ToBase64(ByteSpan bytes) {
  std::string text(Base64Size(bytes.size()), '\0');
  EncodeBase64(bytes, text.data());
  return text;
}

Result<std::size_t> DecodedBase64Size(std::string_view text) {
  if (text.size() % 4 != 0) {
    return InvalidArgument("a base64 value is not a multiple of 4 characters; pad it with '='");
  }
  return text.size() / 4 * 3 - Padding(text);
}

Status DecodeBase64(std::string_view text, MutableByteSpan out) {
  const std::size_t size = TRY(DecodedBase64Size(text));
  if (out.size() != size) return Internal("DecodeBase64: the output has the wrong size");
  Lanes bad = {};
  std::size_t done = 0;
  std::size_t read = 0;
  for (; text.size() - read > kBlockChars; read += kBlockChars, done += kBlockBytes) {
    bad |= DecodeBlock(text.data() + read, out.data() + done);
  }
  const bool tail_is_good = DecodeTail(text.substr(read), out.subspan(done));
  if (tail_is_good && !AnySet(bad)) return {};
  Wipe(out.data(), out.size());
  return InvalidArgument(
      "a base64 value is not canonical; use the standard alphabet with padding and no white space");
}

Result<Bytes> FromBase64(std::string_view text) {
  Bytes bytes(TRY(DecodedBase64Size(text)));
  TRY(DecodeBase64(text, bytes));
  return bytes;
}

}  // namespace vallum
