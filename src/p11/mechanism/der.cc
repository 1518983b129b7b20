// SPDX-License-Identifier: Apache-2.0
#include "p11/mechanism/der.h"

#include <algorithm>
#include <array>

namespace vallum::p11 {
namespace {

// rsaEncryption with its NULL, and id-ecPublicKey (RFC 3279).
constexpr std::array<std::uint8_t, 15> kRsaAlgorithm = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
constexpr std::array<std::uint8_t, 9> kEcPublicKey = {0x06, 0x07, 0x2a, 0x86, 0x48,
                                                      0xce, 0x3d, 0x02, 0x01};

void AppendHeader(Bytes& out, std::uint8_t tag, std::size_t size) {
  out.push_back(tag);
  if (size < 0x80) {
    out.push_back(static_cast<std::uint8_t>(size));
  } else if (size < 0x100) {
    out.push_back(0x81);
    out.push_back(static_cast<std::uint8_t>(size));
  } else {
    out.push_back(0x82);
    AppendBe16(out, static_cast<std::uint16_t>(size));
  }
}

std::size_t SizeOf(std::initializer_list<ByteSpan> parts) {
  std::size_t size = 0;
  for (const ByteSpan part : parts) size += part.size();
  return size;
}

}  // namespace

std::optional<DerItem> ReadDer(ByteSpan bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const std::uint8_t tag = bytes[0];
  std::size_t size = bytes[1];
  std::size_t header = 2;
  if (size >= 0x80) {
    const std::size_t count = size & 0x7f;
    if (count < 1 || count > 2 || bytes.size() < 2 + count) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < count; ++i) size = size << 8 | bytes[2 + i];
    header += count;
  }
  if (bytes.size() - header < size) return std::nullopt;
  return DerItem{tag, bytes.subspan(header, size), bytes.subspan(header + size)};
}

std::optional<ByteSpan> ReadDerContent(ByteSpan bytes, std::uint8_t tag) {
  const auto item = ReadDer(bytes);
  if (!item || item->tag != tag || !item->rest.empty()) return std::nullopt;
  return item->content;
}

Bytes DerOf(std::uint8_t tag, std::initializer_list<ByteSpan> parts) {
  Bytes out;
  AppendHeader(out, tag, SizeOf(parts));
  for (const ByteSpan part : parts) Append(out, part);
  return out;
}

Result<SecretBytes> SecretDerOf(std::uint8_t tag, std::initializer_list<ByteSpan> parts) {
  Bytes header;
  AppendHeader(header, tag, SizeOf(parts));
  SecretBytes out = TRY(SecretBytes::Create(header.size() + SizeOf(parts)));
  auto at = std::ranges::copy(header, out.mutable_span().begin()).out;
  for (const ByteSpan part : parts) at = std::ranges::copy(part, at).out;
  return out;
}

ByteSpan TrimZeros(ByteSpan number) {
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  return number;
}

Bytes DerUnsigned(ByteSpan number) {
  const ByteSpan trimmed = TrimZeros(number);
  static constexpr std::array<std::uint8_t, 1> kZero = {0};
  const bool needs_zero = trimmed.empty() || (trimmed.front() & 0x80) != 0;
  return DerOf(kDerInteger, {needs_zero ? ByteSpan(kZero) : ByteSpan(), trimmed});
}

std::optional<Bytes> RawEcdsa(ByteSpan der, std::size_t coordinate) {
  const auto content = ReadDerContent(der, kDerSequence);
  if (!content) return std::nullopt;
  const auto r = ReadDer(*content);
  if (!r || r->tag != kDerInteger) return std::nullopt;
  const auto s = ReadDerContent(r->rest, kDerInteger);
  if (!s) return std::nullopt;
  Bytes raw(2 * coordinate);
  std::size_t end = coordinate;
  for (const ByteSpan number : {TrimZeros(r->content), TrimZeros(*s)}) {
    if (number.size() > coordinate) return std::nullopt;
    std::ranges::copy(number, raw.begin() + static_cast<std::ptrdiff_t>(end - number.size()));
    end += coordinate;
  }
  return raw;
}

Bytes DerEcdsa(ByteSpan raw) {
  const std::size_t half = raw.size() / 2;
  return DerOf(kDerSequence, {DerUnsigned(raw.first(half)), DerUnsigned(raw.subspan(half))});
}

std::optional<ByteSpan> PublicBits(ByteSpan spki) {
  const auto content = ReadDerContent(spki, kDerSequence);
  if (!content) return std::nullopt;
  const auto algorithm = ReadDer(*content);
  if (!algorithm) return std::nullopt;
  const auto bits = ReadDerContent(algorithm->rest, kDerBitString);
  if (!bits || bits->empty() || bits->front() != 0) return std::nullopt;
  return bits->subspan(1);
}

Bytes RsaSpki(ByteSpan modulus, ByteSpan exponent) {
  const Bytes key = DerOf(kDerSequence, {DerUnsigned(modulus), DerUnsigned(exponent)});
  static constexpr std::array<std::uint8_t, 1> kUnused = {0};
  return DerOf(kDerSequence, {kRsaAlgorithm, DerOf(kDerBitString, {kUnused, key})});
}

Bytes EcSpki(ByteSpan curve_oid, ByteSpan point) {
  static constexpr std::array<std::uint8_t, 1> kUnused = {0};
  return DerOf(kDerSequence, {DerOf(kDerSequence, {kEcPublicKey, curve_oid}),
                              DerOf(kDerBitString, {kUnused, point})});
}

}  // namespace vallum::p11
