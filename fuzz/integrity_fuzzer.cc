// SPDX-License-Identifier: Apache-2.0
// What reads a sealed file (docs/formats/integrity-manifest.md): the segments of a shared object stay inside it,
// and a manifest that parses encodes to the same bytes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "module/integrity_extent.h"
#include "module/integrity_mac.h"
#include "module/integrity_manifest.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vallum::ByteSpan input(data, size);
  if (const auto segments = vallum::module::CoveredSegmentsOf(input)) {
    std::size_t covered = 0;
    for (const auto& segment : *segments) covered += segment.bytes().size();
    Require(covered <= segments->size() * size);
    (void)vallum::module::ChecksumOfObject(*segments);
  }
  if (const auto manifest = vallum::module::ParseManifest(input)) {
    const auto encoded = vallum::module::EncodeManifest(*manifest);
    Require(encoded.has_value());
    Require(vallum::ToHex(*encoded) == vallum::ToHex(input));
  }
  return 0;
}
