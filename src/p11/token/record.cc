// SPDX-License-Identifier: Apache-2.0
#include "p11/token/record.h"

#include <algorithm>

namespace vallum::p11 {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMostForms = 64;
constexpr std::string_view kCheckedPurpose = "vallum public object";

template <std::size_t size>
Status ReadArray(ByteReader& reader, std::array<std::uint8_t, size>& out) {
  std::ranges::copy(TRY(reader.ReadBytes(size)), out.begin());
  return {};
}

void AppendSized(Bytes& out, ByteSpan bytes) {
  AppendBe32(out, static_cast<std::uint32_t>(bytes.size()));
  Append(out, bytes);
}

Result<ByteSpan> ReadSized(ByteReader& reader) { return reader.ReadBytes(TRY(reader.ReadBe32())); }

void AppendPin(Bytes& out, const PinRecord& pin) {
  AppendBe64(out, pin.iterations);
  Append(out, pin.salt);
  Append(out, pin.iv);
  Append(out, pin.sealed);
  Append(out, pin.tag);
}

Result<PinRecord> ReadPin(ByteReader& reader) {
  PinRecord pin;
  pin.iterations = TRY(reader.ReadBe64());
  TRY(ReadArray(reader, pin.salt));
  TRY(ReadArray(reader, pin.iv));
  TRY(ReadArray(reader, pin.sealed));
  TRY(ReadArray(reader, pin.tag));
  return pin;
}

Status CheckFormat(ByteReader& reader) {
  const std::uint8_t format = TRY(reader.ReadU8());
  if (format == kFormat) return {};
  if (format == 0) return Integrity("a record of the token has no format");
  return Error(Code::kStorageVersion, "the token was written by a newer version; run that one");
}

Status CheckEnd(const ByteReader& reader) {
  if (reader.remaining() == 0) return {};
  return Integrity("a record of the token has bytes behind its end");
}

// A record that ends too early is a damaged store, not a wrong argument.
template <typename T>
Result<T> AsIntegrity(Result<T> result) {
  if (result || result.error().code() != Code::kInvalidArgument) return result;
  return Integrity("a record of the token was cut off; restore the token from a backup");
}

Result<TokenRecord> ParseToken(ByteReader reader) {
  TRY(CheckFormat(reader));
  TokenRecord record;
  record.label = std::string(AsText(TRY(ReadSized(reader))));
  TRY(ReadArray(reader, record.serial));
  TRY(ReadArray(reader, record.pepper));
  record.kek_blob = ToBytes(TRY(ReadSized(reader)));
  std::array<std::uint8_t, 16> id{};
  TRY(ReadArray(reader, id));
  record.record_key_id = KeyId(id);
  record.record_key = ToBytes(TRY(ReadSized(reader)));
  record.officer = TRY(ReadPin(reader));
  if (TRY(reader.ReadU8()) != 0) record.user = TRY(ReadPin(reader));
  record.officer_failures = TRY(reader.ReadBe32());
  record.user_failures = TRY(reader.ReadBe32());
  TRY(CheckEnd(reader));
  return record;
}

Result<ObjectBody> ParseBody(ByteReader reader) {
  ObjectBody body;
  body.attributes = TRY(Attributes::Decode(reader));
  body.is_public_key = TRY(reader.ReadU8()) != 0;
  const std::uint8_t count = TRY(reader.ReadU8());
  if (count > kMostForms) return Integrity("a key of the token has too many forms");
  for (std::uint8_t i = 0; i < count; ++i) {
    const auto algorithm = static_cast<module::Algorithm>(TRY(reader.ReadBe16()));
    body.forms.push_back({algorithm, ToBytes(TRY(ReadSized(reader)))});
  }
  TRY(CheckEnd(reader));
  return body;
}

Result<ObjectRecord> ParseRecord(ByteReader reader) {
  TRY(CheckFormat(reader));
  ObjectRecord record;
  record.kind = static_cast<RecordKind>(TRY(reader.ReadU8()));
  if (record.kind != RecordKind::kSealed && record.kind != RecordKind::kChecked) {
    return Integrity("an object of the token is of an unknown kind");
  }
  TRY(ReadArray(reader, record.iv));
  TRY(ReadArray(reader, record.tag));
  record.bytes = reader.rest();
  return record;
}

}  // namespace

Bytes EncodeToken(const TokenRecord& record) {
  Bytes out{kFormat};
  AppendSized(out, AsBytes(record.label));
  Append(out, record.serial);
  Append(out, record.pepper);
  AppendSized(out, record.kek_blob);
  Append(out, record.record_key_id.bytes());
  AppendSized(out, record.record_key);
  AppendPin(out, record.officer);
  out.push_back(record.user ? 1 : 0);
  if (record.user) AppendPin(out, *record.user);
  AppendBe32(out, record.officer_failures);
  AppendBe32(out, record.user_failures);
  return out;
}

Result<TokenRecord> DecodeToken(ByteSpan bytes) {
  return AsIntegrity(ParseToken(ByteReader(bytes)));
}

Bytes EncodeBody(const ObjectBody& body) {
  Bytes out;
  body.attributes.Encode(out);
  out.push_back(body.is_public_key ? 1 : 0);
  out.push_back(static_cast<std::uint8_t>(body.forms.size()));
  for (const KeyForm& form : body.forms) {
    AppendBe16(out, static_cast<std::uint16_t>(form.algorithm));
    AppendSized(out, form.sealed);
  }
  return out;
}

Result<ObjectBody> DecodeBody(ByteSpan bytes) { return AsIntegrity(ParseBody(ByteReader(bytes))); }

Result<SecretBuffer> EncodeContent(const SealedContent& content) {
  Bytes size;
  AppendBe32(size, static_cast<std::uint32_t>(content.body.size()));
  SecretBuffer out;
  TRY(out.Reserve(size.size() + content.body.size() + content.value.size()));
  for (const ByteSpan part : {ByteSpan(size), content.body, content.value}) TRY(out.Append(part));
  return out;
}

Result<SealedContent> DecodeContent(ByteSpan bytes) {
  ByteReader reader(bytes);
  const ByteSpan body = TRY(AsIntegrity(ReadSized(reader)));
  return SealedContent{body, reader.rest()};
}

Bytes EncodeRecord(const ObjectRecord& record) {
  Bytes out{kFormat, static_cast<std::uint8_t>(record.kind)};
  Append(out, record.iv);
  Append(out, record.tag);
  Append(out, record.bytes);
  return out;
}

Bytes AssociatedData(const ObjectRecord& record, const KeyId& id) {
  Bytes data;
  if (record.kind == RecordKind::kChecked) Append(data, AsBytes(kCheckedPurpose));
  Append(data, id.bytes());
  if (record.kind == RecordKind::kChecked) Append(data, record.bytes);
  return data;
}

Result<ObjectRecord> DecodeRecord(ByteSpan bytes) {
  return AsIntegrity(ParseRecord(ByteReader(bytes)));
}

}  // namespace vallum::p11
