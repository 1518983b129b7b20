// SPDX-License-Identifier: Apache-2.0
#include "cli/pkcs8_parts.h"

#include <array>

namespace vallum::cli {
namespace {

constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kOctets = 0x04;
constexpr std::uint8_t kObjectId = 0x06;
constexpr std::uint8_t kLongForm = 0x80;

Result<std::size_t> ReadLength(ByteReader& reader) {
  const std::uint8_t first = TRY(reader.ReadU8());
  if (first < kLongForm) return first;
  const std::size_t size = first - kLongForm;
  if (size == 0 || size > 2) return InvalidArgument("a length that DER has not");
  std::size_t length = 0;
  for (const std::uint8_t byte : TRY(reader.ReadBytes(size))) length = length << 8 | byte;
  return length;
}

Result<ByteSpan> ReadContent(ByteReader& reader, std::uint8_t tag) {
  if (TRY(reader.ReadU8()) != tag) return InvalidArgument("not the DER of a private key");
  return reader.ReadBytes(TRY(ReadLength(reader)));
}

// A positive number's own bytes.
Result<ByteSpan> ReadNumber(ByteReader& reader) {
  ByteSpan number = TRY(ReadContent(reader, kInteger));
  while (number.size() > 1 && number.front() == 0) number = number.subspan(1);
  return number;
}

Result<std::vector<CkView>> RsaParts(ByteSpan key) {
  static constexpr std::array kParts = {CKA_MODULUS,    CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT,
                                        CKA_PRIME_1,    CKA_PRIME_2,         CKA_EXPONENT_1,
                                        CKA_EXPONENT_2, CKA_COEFFICIENT};
  ByteReader outer(key);
  ByteReader reader(TRY(ReadContent(outer, kSequence)));
  TRY(ReadNumber(reader));  // version
  std::vector<CkView> parts;
  parts.reserve(kParts.size());
  for (const CK_ATTRIBUTE_TYPE type : kParts) parts.push_back({type, TRY(ReadNumber(reader))});
  return parts;
}

Result<std::vector<CkView>> EcParts(ByteSpan key, ByteSpan curve) {
  ByteReader outer(key);
  ByteReader reader(TRY(ReadContent(outer, kSequence)));
  TRY(ReadNumber(reader));  // version
  const ByteSpan number = TRY(ReadContent(reader, kOctets));
  return std::vector<CkView>{{CKA_EC_PARAMS, curve}, {CKA_VALUE, number}};
}

}  // namespace

Result<std::vector<CkView>> Pkcs8Parts(ByteSpan der, CK_KEY_TYPE type) {
  if (type != CKK_RSA && type != CKK_EC) {
    return Unsupported("keys of this kind are not taken from their numbers");
  }
  ByteReader outer(der);
  ByteReader info(TRY(ReadContent(outer, kSequence)));
  TRY(ReadNumber(info));  // version
  ByteReader algorithm(TRY(ReadContent(info, kSequence)));
  TRY(ReadContent(algorithm, kObjectId));
  const ByteSpan parameters = algorithm.rest();
  const ByteSpan key = TRY(ReadContent(info, kOctets));
  return type == CKK_RSA ? RsaParts(key) : EcParts(key, parameters);
}

}  // namespace vallum::cli
