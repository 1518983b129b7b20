// SPDX-License-Identifier: Apache-2.0
#include "module/operator_record.h"

#include <algorithm>
#include <string_view>

namespace vallum::module {
namespace {

constexpr std::string_view kMagic = "VOR";
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLargestSecret = 1024;
constexpr std::size_t kHashSize = 64;

Error Malformed(std::string_view what) {
  return Integrity("the stored operator is not an operator record of version 1 (" +
                   std::string(what) + "); restore it from a backup");
}

template <std::size_t N>
Result<std::array<std::uint8_t, N>> ReadArray(ByteReader& reader) {
  const ByteSpan bytes = TRY(reader.ReadBytes(N));
  std::array<std::uint8_t, N> array;
  std::ranges::copy(bytes, array.begin());
  return array;
}

Result<OperatorFacts> ReadFacts(ByteReader& reader) {
  OperatorFacts facts;
  const std::uint8_t role = TRY(reader.ReadU8());
  if (role == 0 || role >= kRoleCount) return Malformed("role");
  facts.role = static_cast<Role>(role);
  const std::uint8_t method = TRY(reader.ReadU8());
  if (method == 0 || method > static_cast<std::uint8_t>(LoginMethod::kPassphrase)) {
    return Malformed("method");
  }
  facts.method = static_cast<LoginMethod>(method);
  const std::uint8_t size = TRY(reader.ReadU8());
  facts.name = AsText(TRY(reader.ReadBytes(size)));
  if (!CheckOperatorName(facts.name)) return Malformed("name");
  return facts;
}

Result<OperatorRecord> ReadRecord(ByteReader& reader) {
  if (AsText(TRY(reader.ReadBytes(kMagic.size()))) != kMagic) return Malformed("magic");
  if (TRY(reader.ReadU8()) != kFormat) return Malformed("format version");
  OperatorRecord record;
  record.facts = TRY(ReadFacts(reader));
  record.kek_id = TRY(ReadArray<16>(reader));
  record.sealed.iv = TRY(ReadArray<12>(reader));
  const std::size_t tag = record.sealed.tag.size();
  if (reader.remaining() <= tag || reader.remaining() > kLargestSecret + tag) {
    return Malformed("length");
  }
  record.sealed.ciphertext = TRY(reader.ReadBytes(reader.remaining() - tag));
  record.sealed.tag = TRY(ReadArray<16>(reader));
  return record;
}

}  // namespace

Status CheckOperatorName(std::string_view name) {
  const auto fits = [](char c) { return c > ' ' && c < 0x7f; };
  if (!name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, fits)) return {};
  return InvalidArgument("an operator's name has 1 to 64 printable ASCII characters, no spaces");
}

Bytes OperatorRecordHeader(const OperatorFacts& facts, const KekId& kek_id) {
  Bytes out;
  Append(out, AsBytes(kMagic));
  out.push_back(kFormat);
  out.push_back(static_cast<std::uint8_t>(facts.role));
  out.push_back(static_cast<std::uint8_t>(facts.method));
  out.push_back(static_cast<std::uint8_t>(facts.name.size()));
  Append(out, AsBytes(facts.name));
  Append(out, kek_id);
  return out;
}

Bytes EncodeOperatorRecord(const OperatorRecord& record) {
  Bytes out = OperatorRecordHeader(record.facts, record.kek_id);
  Append(out, record.sealed.iv);
  Append(out, record.sealed.ciphertext);
  Append(out, record.sealed.tag);
  return out;
}

Result<OperatorRecord> ParseOperatorRecord(ByteSpan bytes) {
  ByteReader reader(bytes);
  Result<OperatorRecord> record = ReadRecord(reader);
  if (record || record.error().code() == Code::kIntegrity) return record;
  return Malformed("length");
}

Result<SecretBytes> EncodeVerifier(const PassphraseVerifier& verifier) {
  Bytes front(verifier.salt.begin(), verifier.salt.end());
  AppendBe32(front, verifier.iterations);

  SecretBytes out = TRY(SecretBytes::Create(front.size() + verifier.hash.size()));
  const MutableByteSpan room = out.mutable_span();
  std::ranges::copy(front, room.begin());
  std::ranges::copy(verifier.hash.span(), room.subspan(front.size()).begin());
  return out;
}

Result<PassphraseVerifier> ParseVerifier(ByteSpan bytes) {
  ByteReader reader(bytes);
  if (bytes.size() != 16 + 4 + kHashSize) return Malformed("verifier");
  PassphraseVerifier verifier;
  verifier.salt = TRY(ReadArray<16>(reader));
  verifier.iterations = TRY(reader.ReadBe32());
  verifier.hash = TRY(SecretBytes::CopyOf(reader.rest()));
  return verifier;
}

}  // namespace vallum::module
