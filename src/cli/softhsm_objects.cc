// SPDX-License-Identifier: Apache-2.0
#include "cli/softhsm_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/output.h"

namespace vallum::cli {
namespace {

enum ClassBit : std::uint8_t {
  kData = 1,
  kCertificate = 2,
  kPublic = 4,
  kPrivate = 8,
  kSecret = 16
};
constexpr std::uint8_t kKeys = kPublic | kPrivate | kSecret;
constexpr std::uint8_t kAll = kData | kCertificate | kKeys;
constexpr std::uint16_t kMostAttributes = 256;

struct Carried {
  CK_ATTRIBUTE_TYPE type;
  std::string_view name;
  std::uint8_t classes;
};
constexpr std::array kCarried = {
    Carried{CKA_PRIVATE, "CKA_PRIVATE", kAll},
    Carried{CKA_LABEL, "CKA_LABEL", kAll},
    Carried{CKA_MODIFIABLE, "CKA_MODIFIABLE", kAll},
    Carried{CKA_APPLICATION, "CKA_APPLICATION", kData},
    Carried{CKA_OBJECT_ID, "CKA_OBJECT_ID", kData},
    Carried{CKA_VALUE, "CKA_VALUE", kData | kCertificate},
    Carried{CKA_CERTIFICATE_TYPE, "CKA_CERTIFICATE_TYPE", kCertificate},
    Carried{CKA_SUBJECT, "CKA_SUBJECT", kCertificate | kPublic | kPrivate},
    Carried{CKA_ISSUER, "CKA_ISSUER", kCertificate},
    Carried{CKA_SERIAL_NUMBER, "CKA_SERIAL_NUMBER", kCertificate},
    Carried{CKA_ID, "CKA_ID", kCertificate | kKeys},
    Carried{CKA_START_DATE, "CKA_START_DATE", kCertificate | kKeys},
    Carried{CKA_END_DATE, "CKA_END_DATE", kCertificate | kKeys},
    Carried{CKA_KEY_TYPE, "CKA_KEY_TYPE", kKeys},
    Carried{CKA_DERIVE, "CKA_DERIVE", kKeys},
    Carried{CKA_ENCRYPT, "CKA_ENCRYPT", kPublic | kSecret},
    Carried{CKA_VERIFY, "CKA_VERIFY", kPublic | kSecret},
    Carried{CKA_WRAP, "CKA_WRAP", kPublic | kSecret},
    Carried{CKA_DECRYPT, "CKA_DECRYPT", kPrivate | kSecret},
    Carried{CKA_SIGN, "CKA_SIGN", kPrivate | kSecret},
    Carried{CKA_UNWRAP, "CKA_UNWRAP", kPrivate | kSecret},
    Carried{CKA_SENSITIVE, "CKA_SENSITIVE", kPrivate | kSecret},
    Carried{CKA_EXTRACTABLE, "CKA_EXTRACTABLE", kPrivate | kSecret},
    Carried{CKA_WRAP_WITH_TRUSTED, "CKA_WRAP_WITH_TRUSTED", kPrivate | kSecret},
    Carried{CKA_VALUE_LEN, "CKA_VALUE_LEN", kSecret},
    Carried{CKA_MODULUS, "CKA_MODULUS", kPublic},
    Carried{CKA_PUBLIC_EXPONENT, "CKA_PUBLIC_EXPONENT", kPublic},
    Carried{CKA_EC_PARAMS, "CKA_EC_PARAMS", kPublic},
    Carried{CKA_EC_POINT, "CKA_EC_POINT", kPublic},
};

struct Named {
  CK_OBJECT_CLASS object_class;
  std::uint8_t bit;
  std::string_view name;
};
constexpr std::array kClasses = {
    Named{CKO_DATA, kData, "data object"}, Named{CKO_CERTIFICATE, kCertificate, "certificate"},
    Named{CKO_PUBLIC_KEY, kPublic, "public key"}, Named{CKO_PRIVATE_KEY, kPrivate, "private key"},
    Named{CKO_SECRET_KEY, kSecret, "secret key"}};

const Named* FindClass(CK_OBJECT_CLASS object_class) {
  const auto* at = std::ranges::find(kClasses, object_class, &Named::object_class);
  return at == kClasses.end() ? nullptr : at;
}

void AppendSized(Bytes& out, ByteSpan bytes) {
  AppendBe32(out, static_cast<std::uint32_t>(bytes.size()));
  Append(out, bytes);
}

Result<ByteSpan> ReadSized(ByteReader& reader) { return reader.ReadBytes(TRY(reader.ReadBe32())); }

ByteSpan ValueOf(const ForeignObject& object, CK_ATTRIBUTE_TYPE type) {
  const auto at = std::ranges::find(object.attributes, type, &CkAttribute::type);
  return at == object.attributes.end() ? ByteSpan() : ByteSpan(at->value);
}

}  // namespace

std::vector<CK_ATTRIBUTE_TYPE> AttributesOfClass(CK_OBJECT_CLASS object_class) {
  std::vector<CK_ATTRIBUTE_TYPE> types;
  const Named* const named = FindClass(object_class);
  for (const Carried& one : kCarried) {
    if (named != nullptr && (one.classes & named->bit) != 0) types.push_back(one.type);
  }
  return types;
}

std::string CkAttributeName(CK_ATTRIBUTE_TYPE type) {
  const auto* at = std::ranges::find(kCarried, type, &Carried::type);
  return at == kCarried.end() ? fmt::format("CKA {:#x}", type) : std::string(at->name);
}

std::string Describe(const ForeignObject& object) {
  const Named* const named = FindClass(object.object_class);
  const ByteSpan id = ValueOf(object, CKA_ID);
  return fmt::format("{} \"{}\"{}", named == nullptr ? "object" : named->name,
                     Printable(AsText(ValueOf(object, CKA_LABEL))),
                     id.empty() ? "" : fmt::format(" (id {})", ToHex(id)));
}

Bytes EncodeObject(const ForeignObject& object) {
  Bytes out;
  AppendBe64(out, object.object_class);
  AppendSized(out, AsBytes(object.left_out));
  AppendSized(out, object.wrapped);
  AppendBe16(out, static_cast<std::uint16_t>(object.attributes.size()));
  for (const CkAttribute& one : object.attributes) {
    AppendBe64(out, one.type);
    AppendSized(out, one.value);
  }
  return out;
}

Result<ForeignObject> DecodeObject(ByteSpan bytes) {
  ByteReader reader(bytes);
  ForeignObject object;
  object.object_class = TRY(reader.ReadBe64());
  object.left_out = std::string(AsText(TRY(ReadSized(reader))));
  object.wrapped = ToBytes(TRY(ReadSized(reader)));
  const std::uint16_t count = TRY(reader.ReadBe16());
  if (count > kMostAttributes) return InvalidArgument("an object has too many attributes");
  for (std::uint16_t i = 0; i < count; ++i) {
    const CK_ATTRIBUTE_TYPE type = TRY(reader.ReadBe64());
    object.attributes.push_back({type, ToBytes(TRY(ReadSized(reader)))});
  }
  if (reader.remaining() != 0) return InvalidArgument("an object has bytes behind its end");
  return object;
}

}  // namespace vallum::cli
