// SPDX-License-Identifier: Apache-2.0
// The key blob and KEK blob parsers (docs/formats/key-blob.md): no crash, and whatever parses encodes
// to the same bytes again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "module/key_blob.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

bool SameBytes(const vallum::Bytes& encoded, vallum::ByteSpan input) {
  return vallum::ToHex(encoded) == vallum::ToHex(input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vallum::ByteSpan input(data, size);
  if (const auto blob = vallum::module::ParseKeyBlob(input)) {
    Require(SameBytes(vallum::module::EncodeKeyBlob(*blob), input));
    Require(blob->attributes.usages != vallum::module::Usages());
    Require(blob->attributes.version != 0);
  }
  if (const auto blob = vallum::module::ParseKekBlob(input)) {
    Require(SameBytes(vallum::module::EncodeKekBlob(*blob), input));
  }
  return 0;
}
