// SPDX-License-Identifier: Apache-2.0
#include "service/ciphertext.h"

#include <algorithm>

namespace vallum::service {
namespace {

constexpr std::array<std::uint8_t, 3> kMagicAndVersion = {'V', 'C', 1};

bool IsModulusSize(std::size_t size) { return size == 256 || size == 384 || size == 512; }

Error Malformed(const char* what) {
  return InvalidArgument(std::string("this is not a Vallum ciphertext (") + what +
                         "); give back exactly what encrypt returned");
}

}  // namespace

std::array<std::uint8_t, kCiphertextHeaderSize> EncodeHeader(const CiphertextHeader& header) {
  std::array<std::uint8_t, kCiphertextHeaderSize> out{};
  auto next = std::copy(kMagicAndVersion.begin(), kMagicAndVersion.end(), out.begin());
  *next++ = static_cast<std::uint8_t>(header.type);
  next = std::copy(header.key.bytes().begin(), header.key.bytes().end(), next);
  for (int shift = 24; shift >= 0; shift -= 8) {
    *next++ = static_cast<std::uint8_t>(header.version >> shift);
  }
  return out;
}

Result<CiphertextView> ParseCiphertext(ByteSpan bytes) {
  if (bytes.size() < kCiphertextHeaderSize) return Malformed("too short");
  if (bytes.size() > kMaxCiphertextSize) return Malformed("too long");
  ByteReader reader(bytes);
  CiphertextView view;
  view.header_bytes = bytes.first(kCiphertextHeaderSize);
  const ByteSpan magic = TRY(reader.ReadBytes(kMagicAndVersion.size()));
  if (!std::equal(magic.begin(), magic.end(), kMagicAndVersion.begin())) {
    return Malformed("another magic or format version");
  }
  const std::uint8_t type = TRY(reader.ReadU8());
  const ByteSpan id = TRY(reader.ReadBytes(16));
  std::array<std::uint8_t, 16> key{};
  std::copy(id.begin(), id.end(), key.begin());
  view.header = {static_cast<CiphertextClass>(type), KeyId(key), TRY(reader.ReadBe32())};
  if (view.header.version == 0) return Malformed("version 0");
  switch (view.header.type) {
    case CiphertextClass::kAesGcm:
      if (reader.remaining() < kGcmIvSize + kGcmTagSize) return Malformed("too short");
      view.iv = TRY(reader.ReadBytes(kGcmIvSize));
      view.tag = TRY(reader.ReadBytes(kGcmTagSize));
      break;
    case CiphertextClass::kRsaOaepSha256:
      if (!IsModulusSize(reader.remaining())) return Malformed("wrong size for RSA");
      break;
    default:
      return Malformed("unknown class");
  }
  view.data = reader.rest();
  return view;
}

}  // namespace vallum::service
