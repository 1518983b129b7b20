// SPDX-License-Identifier: Apache-2.0
// Ciphertexts that clients send to be decrypted (docs/formats/ciphertext.md): no crash, and the parts of
// what parses give the same bytes again.
#include <cstdint>
#include <cstdlib>

#include "service/ciphertext.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vallum::ByteSpan input(data, size);
  const auto parsed = vallum::service::ParseCiphertext(input);
  if (!parsed) return 0;
  vallum::Bytes again = vallum::ToBytes(vallum::service::EncodeHeader(parsed->header));
  Require(vallum::ToHex(again) == vallum::ToHex(parsed->header_bytes));
  for (const vallum::ByteSpan part : {parsed->iv, parsed->tag, parsed->data}) {
    again.insert(again.end(), part.begin(), part.end());
  }
  Require(vallum::ToHex(again) == vallum::ToHex(input));
  Require(parsed->header.version != 0);
  Require(size <= vallum::service::kMaxCiphertextSize);
  return 0;
}
