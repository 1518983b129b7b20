// SPDX-License-Identifier: Apache-2.0
// Enough DER to give the door keys and signatures that a vector file has as numbers.
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace vallum::vectors {

/// Der returns one element: tag, length, contents.
Bytes Der(std::uint8_t tag, ByteSpan contents);
/// DerInteger encodes an unsigned big-endian number (leading zeros are dropped).
Bytes DerInteger(ByteSpan number);
/// DerSequence concatenates elements into a SEQUENCE.
Bytes DerSequence(std::initializer_list<ByteSpan> elements);
/// Concat is plain concatenation.
Bytes Concat(std::initializer_list<ByteSpan> parts);
/// LeftPad adds zeros in front up to `size`; a longer input only loses leading zeros.
Bytes LeftPad(ByteSpan number, std::size_t size);

/// SubjectPublicKeyInfo (RFC 5280): RSA (RFC 8017), an EC point on "P-256" and so on (RFC 5480), and
/// raw public keys of "Ed25519", "ML-DSA-44", "ML-KEM-768" and so on (RFC 8410, 9881, 9935).
Bytes RsaSpki(ByteSpan modulus, ByteSpan exponent);
Bytes EcSpki(std::string_view curve, ByteSpan point);
Bytes RawSpki(std::string_view algorithm, ByteSpan key);

/// PrivateKeyInfo (RFC 5208): an EC private scalar (RFC 5915; the point is left out when empty), and
/// whatever goes into the OCTET STRING of the algorithms of RawSpki.
Bytes EcPkcs8(std::string_view curve, ByteSpan scalar, ByteSpan point = {});
Bytes RawPkcs8(std::string_view algorithm, ByteSpan contents);

/// EcdsaSignature is the DER form of r and s (RFC 3279).
Bytes EcdsaSignature(ByteSpan r, ByteSpan s);

/// EcCoordinateSize is the size of a coordinate on "P-224", "P-256", "P-384", "P-521"; 0: unknown.
std::size_t EcCoordinateSize(std::string_view curve);
/// EcPoint is the uncompressed point of two coordinates.
Bytes EcPoint(std::string_view curve, ByteSpan x, ByteSpan y);

}  // namespace vallum::vectors
