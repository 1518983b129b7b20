// SPDX-License-Identifier: Apache-2.0
#include "module/integrity.h"

#include <fmt/format.h>

#include <chrono>

#include "base/secret.h"
#include "module/integrity_mac.h"
#include "module/integrity_slot.h"
#include "ossl/loaded_code.h"

namespace vallum::module {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t MicrosecondsSince(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count();
}

Error Mismatch(std::string_view name, const LoadedObject& object) {
  return Integrity(fmt::format(
      "{}: the loaded code of {} ({}) is not what was sealed; reinstall the module, and look for "
      "what changed the file or the memory",
      kIntegrityMismatch, name, object.path.string()));
}

Error NotListed(std::string_view name) {
  return Integrity(fmt::format("{}: the integrity manifest does not list {}; seal the module anew",
                               kIntegrityMismatch, name));
}

/// Logged runs one step and notes it under `name`.
template <typename Step>
auto Logged(std::vector<ossl::SelfTestEvent>& steps, std::string name, Step step) {
  const auto begin = Clock::now();
  auto result = step();
  steps.push_back({std::move(name), result.has_value(), MicrosecondsSince(begin)});
  return result;
}

Status CheckObjectForDamage(const Manifest& manifest, std::string_view name, const void* address) {
  const LoadedObject object = TRY(FindLoadedObject(address));
  const std::uint32_t checksum = ChecksumOfObject(object.segments);
  for (const ManifestObject& expected : manifest.objects) {
    if (expected.name == name && expected.crc32 == checksum) return {};
  }
  return Mismatch(name, object);
}

Result<Manifest> TestManifest(const ossl::ContextRef& context) {
  const auto slot = ReadIntegritySlot();
  Manifest manifest = TRY(ParseManifest(slot));
  IntegrityMac mac = TRY(MacOfManifest(context, slot));
  const bool same = ConstantTimeEqual(mac, manifest.self_mac);
  Wipe(mac.data(), mac.size());
  if (same) return manifest;
  return Integrity(fmt::format("{}: the integrity manifest in {} was altered; reinstall the module",
                               kIntegrityMismatch, kModuleObject));
}

Status TestPart(const ossl::ContextRef& context, const Manifest* manifest, const BoundaryPart& part,
                IntegrityStatus& status) {
  const LoadedObject object = TRY(FindLoadedObject(part.address));
  BoundaryObject& row = status.objects.emplace_back();
  row.name = part.name;
  row.path = object.path;
  for (const CoveredSegment& segment : object.segments) status.bytes += segment.bytes().size();
  if (manifest != nullptr) {
    row.sealed_mac = ToHex(TRY(TestObject(context, *manifest, part.name, object)));
  }
  return {};
}

}  // namespace

#ifdef VALLUM_UNSEALED
const bool kSealedBuild = false;
#else
const bool kSealedBuild = true;
#endif

Status CheckForDamage() {
  if (!kSealedBuild) return {};
  const Manifest manifest = TRY(ParseManifest(ReadIntegritySlot()));
  TRY(CheckObjectForDamage(manifest, kModuleObject, IntegritySlotAddress()));
  return CheckObjectForDamage(manifest, kLibcryptoObject, ossl::LibcryptoAddress());
}

Result<std::vector<BoundaryPart>> BoundaryParts(const std::filesystem::path& provider) {
  return std::vector<BoundaryPart>{{kModuleObject, IntegritySlotAddress()},
                                   {kLibcryptoObject, ossl::LibcryptoAddress()},
                                   {kProviderObject, TRY(ossl::ProviderAddress(provider))}};
}

// Requirement: st-order, poke-text
Result<IntegrityStatus> TestIntegrity(const ossl::ContextRef& context,
                                      const std::filesystem::path& provider,
                                      std::vector<ossl::SelfTestEvent>& steps) {
  const auto begin = Clock::now();
  TRY(Logged(steps, "KAT_Integrity/HMAC-SHA2-256 for segments",
             [&] { return TestIntegrityMac(context, IntegrityMacVector()); }));
  IntegrityStatus status{.sealed = kSealedBuild, .objects = {}};
  Manifest manifest;
  if (kSealedBuild) {
    manifest =
        TRY(Logged(steps, "Module_Integrity/manifest", [&] { return TestManifest(context); }));
  }
  for (const BoundaryPart& part : TRY(BoundaryParts(provider))) {
    TRY(Logged(steps, fmt::format("Module_Integrity/{}", part.name), [&] {
      return TestPart(context, kSealedBuild ? &manifest : nullptr, part, status);
    }));
  }
  status.microseconds = MicrosecondsSince(begin);
  return status;
}

// Requirement: bitflip, no-read
Result<IntegrityMac> TestObject(const ossl::ContextRef& context, const Manifest& manifest,
                                std::string_view name, const LoadedObject& object) {
  IntegrityMac mac = TRY(MacOfObject(context, name, object.segments));
  bool listed = false;
  for (const ManifestObject& expected : manifest.objects) {
    if (expected.name != name) continue;
    listed = true;
    if (ConstantTimeEqual(mac, expected.mac)) return expected.mac;
  }
  Wipe(mac.data(), mac.size());
  return listed ? Mismatch(name, object) : NotListed(name);
}

}  // namespace vallum::module
