// SPDX-License-Identifier: Apache-2.0
#include "vectors/der.h"

#include <array>

namespace vallum::vectors {
namespace {

constexpr std::uint8_t kIntegerTag = 0x02;
constexpr std::uint8_t kBitStringTag = 0x03;
constexpr std::uint8_t kOctetStringTag = 0x04;
constexpr std::uint8_t kOidTag = 0x06;
constexpr std::uint8_t kSequenceTag = 0x30;
constexpr std::uint8_t kContext1Tag = 0xA1;

struct Oid {
  std::string_view name;
  std::string_view hex;
};

constexpr std::string_view kRsaEncryption = "2a864886f70d010101";
constexpr std::string_view kEcPublicKey = "2a8648ce3d0201";
constexpr std::array kCurves = {Oid{"P-224", "2b81040021"}, Oid{"P-256", "2a8648ce3d030107"},
                                Oid{"P-384", "2b81040022"}, Oid{"P-521", "2b81040023"}};
constexpr std::array kRaw = {
    Oid{"Ed25519", "2b6570"},
    Oid{"Ed448", "2b6571"},
    Oid{"ML-DSA-44", "608648016503040311"},
    Oid{"ML-DSA-65", "608648016503040312"},
    Oid{"ML-DSA-87", "608648016503040313"},
    Oid{"ML-KEM-512", "608648016503040401"},
    Oid{"ML-KEM-768", "608648016503040402"},
    Oid{"ML-KEM-1024", "608648016503040403"},
};

Bytes DerOid(std::string_view hex) { return Der(kOidTag, FromHex(hex).value()); }

template <std::size_t n>
Bytes OidOf(const std::array<Oid, n>& oids, std::string_view name) {
  for (const Oid& oid : oids) {
    if (oid.name == name) return DerOid(oid.hex);
  }
  return {};
}

Bytes BitString(ByteSpan bytes) {
  const std::uint8_t unused = 0;
  return Der(kBitStringTag, Concat({{&unused, 1}, bytes}));
}

Bytes EcAlgorithm(std::string_view curve) {
  return DerSequence({DerOid(kEcPublicKey), OidOf(kCurves, curve)});
}

Bytes Pkcs8(const Bytes& algorithm, ByteSpan contents) {
  return DerSequence({DerInteger({}), algorithm, Der(kOctetStringTag, contents)});
}

}  // namespace

Bytes Concat(std::initializer_list<ByteSpan> parts) {
  Bytes all;
  for (const ByteSpan part : parts) Append(all, part);
  return all;
}

Bytes Der(std::uint8_t tag, ByteSpan contents) {
  Bytes element = {tag};
  const std::size_t size = contents.size();
  if (size < 0x80) {
    element.push_back(static_cast<std::uint8_t>(size));
  } else {
    Bytes length;
    for (std::size_t rest = size; rest != 0; rest >>= 8) {
      length.insert(length.begin(), static_cast<std::uint8_t>(rest));
    }
    element.push_back(static_cast<std::uint8_t>(0x80 | length.size()));
    Append(element, length);
  }
  Append(element, contents);
  return element;
}

Bytes DerInteger(ByteSpan number) {
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  const std::uint8_t zero = 0;
  if (number.empty() || (number.front() & 0x80) != 0) {
    return Der(kIntegerTag, Concat({{&zero, 1}, number}));
  }
  return Der(kIntegerTag, number);
}

Bytes DerSequence(std::initializer_list<ByteSpan> elements) {
  return Der(kSequenceTag, Concat(elements));
}

Bytes LeftPad(ByteSpan number, std::size_t size) {
  while (number.size() > size && number.front() == 0) number = number.subspan(1);
  Bytes padded(size > number.size() ? size - number.size() : 0);
  Append(padded, number);
  return padded;
}

Bytes RsaSpki(ByteSpan modulus, ByteSpan exponent) {
  const Bytes null = {0x05, 0x00};
  const Bytes algorithm = DerSequence({DerOid(kRsaEncryption), null});
  const Bytes key = DerSequence({DerInteger(modulus), DerInteger(exponent)});
  return DerSequence({algorithm, BitString(key)});
}

Bytes EcSpki(std::string_view curve, ByteSpan point) {
  return DerSequence({EcAlgorithm(curve), BitString(point)});
}

Bytes RawSpki(std::string_view algorithm, ByteSpan key) {
  return DerSequence({DerSequence({OidOf(kRaw, algorithm)}), BitString(key)});
}

Bytes EcPkcs8(std::string_view curve, ByteSpan scalar, ByteSpan point) {
  const Bytes one = {1};
  const Bytes padded = LeftPad(scalar, EcCoordinateSize(curve));
  const Bytes public_part = point.empty() ? Bytes() : Der(kContext1Tag, BitString(point));
  const Bytes key = DerSequence({DerInteger(one), Der(kOctetStringTag, padded), public_part});
  return Pkcs8(EcAlgorithm(curve), key);
}

Bytes RawPkcs8(std::string_view algorithm, ByteSpan contents) {
  return Pkcs8(DerSequence({OidOf(kRaw, algorithm)}), contents);
}

Bytes EcdsaSignature(ByteSpan r, ByteSpan s) { return DerSequence({DerInteger(r), DerInteger(s)}); }

std::size_t EcCoordinateSize(std::string_view curve) {
  if (curve == "P-224") return 28;
  if (curve == "P-256") return 32;
  if (curve == "P-384") return 48;
  if (curve == "P-521") return 66;
  return 0;
}

Bytes EcPoint(std::string_view curve, ByteSpan x, ByteSpan y) {
  const std::uint8_t uncompressed = 4;
  const std::size_t size = EcCoordinateSize(curve);
  return Concat({{&uncompressed, 1}, LeftPad(x, size), LeftPad(y, size)});
}

}  // namespace vallum::vectors
