// SPDX-License-Identifier: Apache-2.0
#include "module/integrity_manifest.h"

#include <fmt/format.h>

#include <algorithm>

namespace vallum::module {
namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kMacSize = std::tuple_size_v<IntegrityMac>;
constexpr std::size_t kAuthenticatedSize = kManifestSize - kMacSize;
constexpr std::size_t kHeaderSize = kManifestMagicSize + 16;
constexpr std::size_t kEntrySize = kLongestObjectName + 4 + kMacSize;
static_assert(kHeaderSize + kMostManifestObjects * kEntrySize == kAuthenticatedSize);

Error Damaged(std::string_view what) {
  return Integrity(
      fmt::format("integrity:mismatch: the integrity manifest is damaged ({}); "
                  "reinstall the module",
                  what));
}

bool IsName(std::string_view name) {
  const auto printable = [](char c) { return c > ' ' && c < 127; };
  return !name.empty() && name.size() <= kLongestObjectName && std::ranges::all_of(name, printable);
}

bool AllZero(ByteSpan bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

void CopyMac(ByteSpan from, IntegrityMac& to) { std::ranges::copy(from, to.begin()); }

Result<ManifestObject> ReadObject(ByteReader& reader) {
  ManifestObject object;
  const ByteSpan field = TRY(reader.ReadBytes(kLongestObjectName));
  const auto end = std::ranges::find(field, std::uint8_t{0});
  object.name = AsText(field.first(static_cast<std::size_t>(end - field.begin())));
  if (!IsName(object.name) || !AllZero(field.subspan(object.name.size()))) {
    return Damaged("a name");
  }
  object.crc32 = TRY(reader.ReadBe32());
  CopyMac(TRY(reader.ReadBytes(kMacSize)), object.mac);
  return object;
}

}  // namespace

Result<Bytes> EncodeManifest(const Manifest& manifest) {
  const std::size_t count = manifest.objects.size();
  if (count == 0 || count > kMostManifestObjects) {
    return InvalidArgument(fmt::format("a manifest has 1 to {} objects", kMostManifestObjects));
  }
  Bytes out = ToBytes(AsBytes(kManifestMagic));
  AppendBe32(out, kFormat);
  AppendBe32(out, static_cast<std::uint32_t>(count));
  AppendBe64(out, 0);
  for (const ManifestObject& object : manifest.objects) {
    if (!IsName(object.name)) {
      return InvalidArgument(
          fmt::format("\"{}\" cannot be an object's name: 1 to {} printable "
                      "characters",
                      object.name, kLongestObjectName));
    }
    const std::size_t end = out.size() + kLongestObjectName;
    Append(out, AsBytes(object.name));
    out.resize(end);
    AppendBe32(out, object.crc32);
    Append(out, object.mac);
  }
  out.resize(kAuthenticatedSize);
  Append(out, manifest.self_mac);
  return out;
}

Result<Manifest> ParseManifest(ByteSpan bytes) {
  if (bytes.size() != kManifestSize) return Damaged("its size");
  ByteReader reader(bytes);
  if (AsText(TRY(reader.ReadBytes(kManifestMagicSize))) != kManifestMagic) return Damaged("magic");
  if (AllZero(reader.rest())) {
    return Integrity(
        "integrity:unsealed: libvallum.so has no integrity manifest; run vallum-seal on it, as the "
        "build does");
  }
  if (TRY(reader.ReadBe32()) != kFormat) return Damaged("its format");
  const std::uint32_t count = TRY(reader.ReadBe32());
  if (count == 0 || count > kMostManifestObjects) return Damaged("the number of objects");
  if (TRY(reader.ReadBe64()) != 0) return Damaged("a reserved field");
  Manifest manifest;
  for (std::uint32_t i = 0; i < count; ++i) manifest.objects.push_back(TRY(ReadObject(reader)));
  const ByteSpan unused = TRY(reader.ReadBytes(reader.remaining() - kMacSize));
  if (!AllZero(unused)) return Damaged("an unused entry");
  CopyMac(reader.rest(), manifest.self_mac);
  return manifest;
}

ByteSpan AuthenticatedPart(ByteSpan bytes) { return bytes.first(kAuthenticatedSize); }

}  // namespace vallum::module
