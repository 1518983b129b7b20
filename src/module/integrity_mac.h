// SPDX-License-Identifier: Apache-2.0
// The integrity technique: HMAC-SHA-256 (FIPS 198-1) of the FIPS provider, and its known-answer test.
// The key is public: the MAC detects modification and authenticates nobody.
#pragma once

#include <span>
#include <string_view>

#include "module/integrity_extent.h"
#include "module/integrity_manifest.h"
#include "ossl/context.h"

namespace vallum::module {

/// MacKnownAnswer is one vector of HMAC-SHA-256.
struct MacKnownAnswer {
  ByteSpan key;
  ByteSpan message;
  ByteSpan mac;
};
/// RFC 4231, test case 3; no other self-test uses it.
MacKnownAnswer IntegrityMacVector();
/// TestIntegrityMac is the known-answer test that precedes the integrity test (FIPS 140-3 IG 10.2.A);
/// kSelfTestFailed when the answer is another.
Status TestIntegrityMac(const ossl::ContextRef& context, const MacKnownAnswer& vector);

/// MacOfObject is the MAC of an object's segments under its name.
Result<IntegrityMac> MacOfObject(const ossl::ContextRef& context, std::string_view name,
                                 std::span<const CoveredSegment> segments);
/// MacOfManifest is the MAC of an encoded manifest's authenticated part.
Result<IntegrityMac> MacOfManifest(const ossl::ContextRef& context, ByteSpan encoded);
/// ChecksumOfObject is the CRC-32 of the segments. It needs no provider.
std::uint32_t ChecksumOfObject(std::span<const CoveredSegment> segments);

}  // namespace vallum::module
