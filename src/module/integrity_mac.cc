// SPDX-License-Identifier: Apache-2.0
#include "module/integrity_mac.h"

#include <algorithm>

#include "base/secret.h"
#include "module/crc32.h"
#include "ossl/hmac_stream.h"

namespace vallum::module {
namespace {

constexpr std::string_view kPublicKey = "vallum integrity: detects change";
constexpr std::string_view kObjectDomain = "Vallum integrity object, version 1";
constexpr std::string_view kManifestDomain = "Vallum integrity manifest, version 1";

constexpr std::array<std::uint8_t, 20> Repeat20(std::uint8_t byte) {
  std::array<std::uint8_t, 20> out{};
  out.fill(byte);
  return out;
}
constexpr std::array<std::uint8_t, 50> Repeat50(std::uint8_t byte) {
  std::array<std::uint8_t, 50> out{};
  out.fill(byte);
  return out;
}
constexpr auto kVectorKey = Repeat20(0xaa);
constexpr auto kVectorMessage = Repeat50(0xdd);
constexpr IntegrityMac kVectorMac = {
    0x77, 0x3e, 0xa9, 0x1e, 0x36, 0x80, 0x0e, 0x46, 0x85, 0x4d, 0xb8, 0xeb, 0xd0, 0x91, 0x81, 0xa7,
    0x29, 0x59, 0x09, 0x8b, 0x3e, 0xf8, 0xc1, 0x22, 0xd9, 0x63, 0x55, 0x14, 0xce, 0xd5, 0x65, 0xfe};

// A field of variable length goes in behind its length, so that no two inputs are the same bytes.
Status AddField(ossl::HmacStream& mac, ByteSpan field) {
  Bytes length;
  AppendBe64(length, field.size());
  TRY(mac.Update(length));
  return mac.Update(field);
}

Result<IntegrityMac> Finish(ossl::HmacStream mac) {
  ossl::DigestValue value = TRY(std::move(mac).Finish());
  IntegrityMac out{};
  if (value.size != out.size()) return Internal("an HMAC-SHA-256 that is not 32 bytes");
  std::ranges::copy(value.span(), out.begin());
  Wipe(value.bytes.data(), value.bytes.size());
  return out;
}

}  // namespace

MacKnownAnswer IntegrityMacVector() { return {kVectorKey, kVectorMessage, kVectorMac}; }

Status TestIntegrityMac(const ossl::ContextRef& context, const MacKnownAnswer& vector) {
  auto mac = TRY(ossl::HmacStream::Create(context, ossl::Hash::kSha256, vector.key));
  TRY(mac.Update(vector.message));
  const IntegrityMac answer = TRY(Finish(std::move(mac)));
  if (ConstantTimeEqual(answer, vector.mac)) return {};
  return Error(Code::kSelfTestFailed,
               "the known-answer test of HMAC-SHA-256, the integrity technique, failed");
}

Result<IntegrityMac> MacOfObject(const ossl::ContextRef& context, std::string_view name,
                                 std::span<const CoveredSegment> segments) {
  auto mac = TRY(ossl::HmacStream::Create(context, ossl::Hash::kSha256, AsBytes(kPublicKey)));
  TRY(AddField(mac, AsBytes(kObjectDomain)));
  TRY(AddField(mac, AsBytes(name)));
  for (const CoveredSegment& segment : segments) {
    for (const ByteSpan piece : segment.Pieces()) TRY(mac.Update(piece));
  }
  return Finish(std::move(mac));
}

Result<IntegrityMac> MacOfManifest(const ossl::ContextRef& context, ByteSpan encoded) {
  auto mac = TRY(ossl::HmacStream::Create(context, ossl::Hash::kSha256, AsBytes(kPublicKey)));
  TRY(AddField(mac, AsBytes(kManifestDomain)));
  TRY(AddField(mac, AuthenticatedPart(encoded)));
  return Finish(std::move(mac));
}

std::uint32_t ChecksumOfObject(std::span<const CoveredSegment> segments) {
  Crc32Stream checksum;
  for (const CoveredSegment& segment : segments) {
    for (const ByteSpan piece : segment.Pieces()) checksum.Add(piece);
  }
  return checksum.value();
}

}  // namespace vallum::module
