// SPDX-License-Identifier: Apache-2.0
#include "module/key_blob.h"

#include <algorithm>
#include <string_view>

#include "module/approved_table.h"

namespace vallum::module {
namespace {

constexpr std::string_view kKeyMagic = "VKB";
constexpr std::string_view kKekMagic = "VKK";
constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kExtractable = 0x01;
constexpr std::uint8_t kMadeNotApproved = 0x02;
constexpr std::size_t kLargestMaterial = 16 * 1024;
constexpr std::size_t kKekSize = 32;

Error Malformed(std::string_view what) {
  return Integrity("the stored key is not a key blob of version 1 (" + std::string(what) +
                   "); restore it from a backup");
}

template <std::size_t N>
Result<std::array<std::uint8_t, N>> ReadArray(ByteReader& reader) {
  const ByteSpan bytes = TRY(reader.ReadBytes(N));
  std::array<std::uint8_t, N> array;
  std::ranges::copy(bytes, array.begin());
  return array;
}

Status ReadMagic(ByteReader& reader, std::string_view magic) {
  if (AsText(TRY(reader.ReadBytes(magic.size()))) != magic) return Malformed("magic");
  if (TRY(reader.ReadU8()) != kFormat) return Malformed("format version");
  return {};
}

Status ReadWhatItMayDo(ByteReader& reader, KeyAttributes& attributes) {
  attributes.algorithm = static_cast<Algorithm>(TRY(reader.ReadBe16()));
  if (FindAlgorithm(attributes.algorithm) == nullptr) return Malformed("algorithm");
  attributes.usages = Usages(TRY(reader.ReadBe32()));
  if (attributes.usages == Usages() ||
      !attributes.usages.IsSubsetOf(AllUsages(attributes.algorithm))) {
    return Malformed("usages");
  }
  const std::uint8_t flags = TRY(reader.ReadU8());
  if ((flags & ~(kExtractable | kMadeNotApproved)) != 0) return Malformed("flags");
  attributes.extractable = (flags & kExtractable) != 0;
  attributes.made_approved = (flags & kMadeNotApproved) == 0;
  return {};
}

Status ReadWhereItIsFrom(ByteReader& reader, KeyAttributes& attributes) {
  const std::uint8_t origin = TRY(reader.ReadU8());
  if (origin != static_cast<std::uint8_t>(Origin::kGenerated) &&
      origin != static_cast<std::uint8_t>(Origin::kImportedWrapped) &&
      origin != static_cast<std::uint8_t>(Origin::kDerived)) {
    return Malformed("origin");
  }
  attributes.origin = static_cast<Origin>(origin);
  const std::uint8_t policy = TRY(reader.ReadU8());
  if (policy > static_cast<std::uint8_t>(Policy::kLog)) return Malformed("policy");
  attributes.made_under = static_cast<Policy>(policy);
  attributes.id = KeyId(TRY(ReadArray<16>(reader)));
  attributes.version = TRY(reader.ReadBe32());
  if (attributes.version == 0) return Malformed("key version");
  return {};
}

Result<SealedBytes> ReadSealed(ByteReader& reader, std::size_t largest) {
  SealedBytes sealed;
  sealed.iv = TRY(ReadArray<12>(reader));
  if (reader.remaining() <= sealed.tag.size() || reader.remaining() > largest + sealed.tag.size()) {
    return Malformed("length");
  }
  sealed.ciphertext = TRY(reader.ReadBytes(reader.remaining() - sealed.tag.size()));
  sealed.tag = TRY(ReadArray<16>(reader));
  return sealed;
}

Result<KeyBlob> ReadKeyBlob(ByteReader& reader) {
  KeyBlob blob;
  TRY(ReadMagic(reader, kKeyMagic));
  TRY(ReadWhatItMayDo(reader, blob.attributes));
  TRY(ReadWhereItIsFrom(reader, blob.attributes));
  blob.kek_id = TRY(ReadArray<16>(reader));
  blob.sealed = TRY(ReadSealed(reader, kLargestMaterial));
  return blob;
}

Result<KekBlob> ReadKekBlob(ByteReader& reader) {
  KekBlob blob;
  TRY(ReadMagic(reader, kKekMagic));
  blob.id = TRY(ReadArray<16>(reader));
  blob.sealed = TRY(ReadSealed(reader, kKekSize));
  if (blob.sealed.ciphertext.size() != kKekSize) return Malformed("length");
  return blob;
}

void AppendSealed(Bytes& out, const SealedBytes& sealed) {
  Append(out, sealed.iv);
  Append(out, sealed.ciphertext);
  Append(out, sealed.tag);
}

// A short read is a damaged store here, not the caller's mistake.
template <typename T>
Result<T> AsDamage(Result<T> result) {
  if (result || result.error().code() == Code::kIntegrity) return result;
  return Malformed("length");
}

}  // namespace

Bytes KeyBlobHeader(const KeyAttributes& attributes, const KekId& kek_id) {
  Bytes out;
  Append(out, AsBytes(kKeyMagic));
  out.push_back(kFormat);
  AppendBe16(out, static_cast<std::uint16_t>(attributes.algorithm));
  AppendBe32(out, attributes.usages.bits());
  const int flags = (attributes.extractable ? kExtractable : 0) |
                    (attributes.made_approved ? 0 : kMadeNotApproved);
  out.push_back(static_cast<std::uint8_t>(flags));
  out.push_back(static_cast<std::uint8_t>(attributes.origin));
  out.push_back(static_cast<std::uint8_t>(attributes.made_under));
  Append(out, attributes.id.bytes());
  AppendBe32(out, attributes.version);
  Append(out, kek_id);
  return out;
}

Bytes EncodeKeyBlob(const KeyBlob& blob) {
  Bytes out = KeyBlobHeader(blob.attributes, blob.kek_id);
  AppendSealed(out, blob.sealed);
  return out;
}

Result<KeyBlob> ParseKeyBlob(ByteSpan bytes) {
  ByteReader reader(bytes);
  return AsDamage(ReadKeyBlob(reader));
}

Bytes KekBlobHeader(const KekId& id) {
  Bytes out;
  Append(out, AsBytes(kKekMagic));
  out.push_back(kFormat);
  Append(out, id);
  return out;
}

Bytes EncodeKekBlob(const KekBlob& blob) {
  Bytes out = KekBlobHeader(blob.id);
  AppendSealed(out, blob.sealed);
  return out;
}

Result<KekBlob> ParseKekBlob(ByteSpan bytes) {
  ByteReader reader(bytes);
  return AsDamage(ReadKekBlob(reader));
}

}  // namespace vallum::module
