// SPDX-License-Identifier: Apache-2.0
// The integrity manifest: the expected MAC of every object of the boundary. Format:
// docs/formats/integrity-manifest.md.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vallum::module {

/// The objects of the boundary, by file name.
inline constexpr std::string_view kModuleObject = "libvallum.so";
inline constexpr std::string_view kLibcryptoObject = "libcrypto-vallum.so.3";
inline constexpr std::string_view kProviderObject = "fips.so";

inline constexpr std::size_t kManifestSize = 576;
inline constexpr std::size_t kManifestMagicSize = 16;
inline constexpr std::size_t kMostManifestObjects = 8;
inline constexpr std::size_t kLongestObjectName = 28;
inline constexpr std::string_view kManifestMagic = "VALLUM-INTEGRITY";
static_assert(kManifestMagic.size() == kManifestMagicSize);

using IntegrityMac = std::array<std::uint8_t, 32>;

/// ManifestObject is what is known about one object. Two of one name are alternatives: several
/// provider files may be sealed into one module, and one of them is loaded.
struct ManifestObject {
  std::string name;
  std::uint32_t crc32 = 0;  ///< of the same bytes as the MAC
  IntegrityMac mac{};
  bool operator==(const ManifestObject&) const = default;
};

struct Manifest {
  std::vector<ManifestObject> objects;
  IntegrityMac self_mac{};  ///< over everything before it
  bool operator==(const Manifest&) const = default;
};

/// EncodeManifest returns kManifestSize bytes; kInvalidArgument when a name is empty, too long or
/// not printable, or when there are none or more than kMostManifestObjects.
Result<Bytes> EncodeManifest(const Manifest& manifest);
/// ParseManifest is the exact reverse: whatever else is in the bytes is kIntegrity. The message of a
/// slot that vallum-seal has not filled begins with "integrity:unsealed".
Result<Manifest> ParseManifest(ByteSpan bytes);
/// AuthenticatedPart is what the self MAC is over. `bytes` are kManifestSize.
ByteSpan AuthenticatedPart(ByteSpan bytes);

}  // namespace vallum::module
