// SPDX-License-Identifier: Apache-2.0
#include "p11/token/remote_record.h"

#include <algorithm>

namespace vallum::p11 {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kLongestName = 128;

Error Damaged() { return Integrity("a record of the token in the server is damaged"); }

}  // namespace

Bytes EncodeRemoteRecord(const RemoteRecord& record) {
  Bytes out = {kFormat, static_cast<std::uint8_t>(record.key.size())};
  Append(out, AsBytes(record.key));
  AppendBe32(out, record.version);
  record.attributes.Encode(out);
  return out;
}

Result<RemoteRecord> DecodeRemoteRecord(ByteSpan bytes) {
  ByteReader reader(bytes);
  const std::uint8_t format = TRY(reader.ReadU8());
  if (format > kFormat) {
    return Error(Code::kStorageVersion, "the token was written by a newer version of this library");
  }
  RemoteRecord record;
  const std::uint8_t name_size = TRY(reader.ReadU8());
  if (format != kFormat || name_size > kLongestName) return Damaged();
  record.key = AsText(TRY(reader.ReadBytes(name_size)));
  record.version = TRY(reader.ReadBe32());
  if (record.key.empty() != (record.version == 0)) return Damaged();
  record.attributes = TRY(Attributes::Decode(reader));
  if (reader.remaining() != 0) return Damaged();
  return record;
}

std::string RecordName(const KeyId& id) { return std::string(kRecordPrefix) + ToString(id); }

std::string KeyNameFor(std::string_view label, const KeyId& id) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  const bool is_name = !label.empty() && label.size() <= kLongestName && is_letter(label.front()) &&
                       std::ranges::all_of(label, [&](char c) {
                         return is_letter(c) || c == '.' || c == '_' || c == '-';
                       });
  return is_name ? std::string(label) : RecordName(id);
}

Result<KeyId> IdOfRecord(std::string_view name) {
  if (!name.starts_with(kRecordPrefix)) return Damaged();
  const auto id = ParseUuid(name.substr(kRecordPrefix.size()));
  if (!id || RecordName(KeyId(*id)) != name) return Damaged();
  return KeyId(*id);
}

}  // namespace vallum::p11
