// SPDX-License-Identifier: Apache-2.0
#include "seal/sealer.h"

#include <fmt/format.h>

#include <algorithm>

#include "module/integrity_mac.h"
#include "module/profile.h"
#include "seal/sealable.h"
#include "seal/slot_file.h"

namespace vallum::seal {
namespace {

using module::kLibcryptoObject;
using module::kModuleObject;
using module::kProviderObject;

Status CheckNames(const Boundary& boundary) {
  const auto count = [&](std::string_view name) {
    return std::ranges::count(boundary, name, &ObjectFile::name);
  };
  if (boundary.empty() || boundary.front().name != kModuleObject) {
    return InvalidArgument(fmt::format("the first file must be {}", kModuleObject));
  }
  for (const std::string_view name : {kModuleObject, kLibcryptoObject}) {
    if (count(name) != 1) return InvalidArgument(fmt::format("name {} exactly once", name));
  }
  if (count(kProviderObject) == 0) {
    return InvalidArgument(fmt::format("name {} at least once", kProviderObject));
  }
  const auto known = count(kProviderObject) + 2;
  if (static_cast<std::size_t>(known) == boundary.size()) return {};
  return InvalidArgument(fmt::format("the boundary is {}, {} and {}; name nothing else",
                                     kModuleObject, kLibcryptoObject, kProviderObject));
}

Result<module::ManifestObject> Describe(const ossl::ContextRef& context, const ObjectFile& object) {
  return module::ManifestObject{
      .name = object.name,
      .crc32 = module::ChecksumOfObject(object.segments),
      .mac = TRY(module::MacOfObject(context, object.name, object.segments))};
}

Error Differs(const ObjectFile& object) {
  return Integrity(fmt::format("integrity:mismatch: {} is not what was sealed",  //
                               object.path.string()));
}

}  // namespace

Result<Boundary> ReadBoundary(const std::vector<std::filesystem::path>& paths) {
  Boundary boundary;
  for (const auto& path : paths) boundary.push_back(TRY(ReadObject(path)));
  TRY(CheckNames(boundary));
  return boundary;
}

Result<ossl::ContextRef> LoadProviderOf(const Boundary& boundary,
                                        const std::filesystem::path& profile) {
  const auto provider = std::ranges::find(boundary, kProviderObject, &ObjectFile::name);
  const auto path = std::filesystem::absolute(provider->path);
  const auto pinned = TRY(
      module::LoadProfile(profile.empty() ? path.parent_path() / "fips-profile.toml" : profile));
  return ossl::LibraryContext::Load({.provider = path, .mac = pinned.module_mac});
}

Status Sign(const ossl::ContextRef& context, const Boundary& boundary) {
  module::Manifest manifest;
  for (const ObjectFile& object : boundary) {
    TRY(CheckSealable(object));
    manifest.objects.push_back(TRY(Describe(context, object)));
  }
  manifest.self_mac = TRY(module::MacOfManifest(context, TRY(module::EncodeManifest(manifest))));
  return WriteSlot(boundary.front(), TRY(module::EncodeManifest(manifest)));
}

Status Verify(const ossl::ContextRef& context, const Boundary& boundary) {
  const ByteSpan slot = TRY(SlotBytes(boundary.front()));
  const module::Manifest manifest = TRY(module::ParseManifest(slot));
  if (TRY(module::MacOfManifest(context, slot)) != manifest.self_mac) {
    return Integrity(fmt::format("integrity:mismatch: the manifest in {} was altered",
                                 boundary.front().path.string()));
  }
  for (const ObjectFile& object : boundary) {
    TRY(CheckSealable(object));
    const auto is = TRY(Describe(context, object));
    if (std::ranges::find(manifest.objects, is) == manifest.objects.end()) return Differs(object);
  }
  return {};
}

}  // namespace vallum::seal
