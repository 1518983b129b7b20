// SPDX-License-Identifier: Apache-2.0
// The little DER that Cryptoki's attributes need: public keys taken apart and put together.
#pragma once

#include <initializer_list>
#include <optional>

#include "base/bytes.h"
#include "base/secret.h"
#include "module/module.h"

namespace vallum::p11 {

inline constexpr std::uint8_t kDerInteger = 0x02;
inline constexpr std::uint8_t kDerBitString = 0x03;
inline constexpr std::uint8_t kDerOctetString = 0x04;
inline constexpr std::uint8_t kDerOid = 0x06;
inline constexpr std::uint8_t kDerPrintable = 0x13;
inline constexpr std::uint8_t kDerSequence = 0x30;

/// DerItem is one value and what follows it.
struct DerItem {
  std::uint8_t tag = 0;
  ByteSpan content;
  ByteSpan rest;
};
/// ReadDer is nothing when `bytes` does not begin with a whole value (lengths below 64 KiB).
std::optional<DerItem> ReadDer(ByteSpan bytes);
/// ReadDerContent is the content of one value of that tag that fills `bytes`.
std::optional<ByteSpan> ReadDerContent(ByteSpan bytes, std::uint8_t tag);

/// DerOf writes a value whose content is the parts, one after another.
Bytes DerOf(std::uint8_t tag, std::initializer_list<ByteSpan> parts);
/// DerUnsigned writes an INTEGER from a big-endian number without sign.
Bytes DerUnsigned(ByteSpan number);
/// Without leading zeros.
ByteSpan TrimZeros(ByteSpan number);

/// ECDSA signatures: Cryptoki has r and s side by side, the module a SEQUENCE of them.
std::optional<Bytes> RawEcdsa(ByteSpan der, std::size_t coordinate);
Bytes DerEcdsa(ByteSpan raw);

/// PublicBits is the key inside a SubjectPublicKeyInfo.
std::optional<ByteSpan> PublicBits(ByteSpan spki);
/// RsaSpki and EcSpki make one.
Bytes RsaSpki(ByteSpan modulus, ByteSpan exponent);
Bytes EcSpki(ByteSpan curve_oid, ByteSpan point);

/// SecretDerOf is DerOf for content that is secret.
Result<SecretBytes> SecretDerOf(std::uint8_t tag, std::initializer_list<ByteSpan> parts);

}  // namespace vallum::p11
