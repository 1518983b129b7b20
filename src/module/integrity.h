// SPDX-License-Identifier: Apache-2.0
// The integrity test of the boundary (ISO/IEC 19790:2012, 7.10.2.2; FIPS 140-3 IG 10.2.A): the loaded
// segments of libvallum.so, libcrypto and the provider that nothing may write to, against the manifest.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "module/boundary.h"
#include "module/integrity_loaded.h"
#include "module/integrity_manifest.h"
#include "ossl/context.h"
#include "ossl/selftest.h"

namespace vallum::module {

/// The text that a failure's message begins with.
inline constexpr std::string_view kIntegrityMismatch = "integrity:mismatch";
inline constexpr std::string_view kIntegrityUnreadable = "integrity:unreadable";
inline constexpr std::string_view kIntegrityUnsealed = "integrity:unsealed";

/// Whether this library was built to be sealed. One that was not never passes for one that was.
extern const bool kSealedBuild;

/// CheckForDamage compares a checksum of libvallum.so's and libcrypto's loaded segments with the
/// manifest before any function of libcrypto runs: a damaged library becomes a message and not a crash.
/// No security is claimed for it. kIntegrity with the cause. Does nothing in an unsealed build.
Status CheckForDamage();

/// TestIntegrity runs the known-answer test of HMAC-SHA-256, then compares the MACs of the manifest
/// and of the three objects; every step goes to `steps`. kSelfTestFailed, or kIntegrity with the cause.
/// In an unsealed build it only says what is loaded. Wipes what it computed.
Result<IntegrityStatus> TestIntegrity(const ossl::ContextRef& context,
                                      const std::filesystem::path& provider,
                                      std::vector<ossl::SelfTestEvent>& steps);

/// BoundaryParts finds the three objects, in the order of the test.
struct BoundaryPart {
  std::string_view name;
  const void* address;  ///< somewhere inside
};
Result<std::vector<BoundaryPart>> BoundaryParts(const std::filesystem::path& provider);

/// TestObject compares one object; for TestIntegrity and its tests. Returns the MAC that matched.
Result<IntegrityMac> TestObject(const ossl::ContextRef& context, const Manifest& manifest,
                                std::string_view name, const LoadedObject& object);

}  // namespace vallum::module
