// SPDX-License-Identifier: Apache-2.0
// Operator records and the verifiers sealed in them (docs/formats/operator-record.md): no crash, and what
// parses encodes to the same bytes again.
#include <cstdint>
#include <cstdlib>

#include "module/operator_record.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

bool SameBytes(vallum::ByteSpan encoded, vallum::ByteSpan input) {
  return vallum::ToHex(encoded) == vallum::ToHex(input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vallum::ByteSpan input(data, size);
  if (const auto record = vallum::module::ParseOperatorRecord(input)) {
    Require(SameBytes(vallum::module::EncodeOperatorRecord(*record), input));
    Require(vallum::module::CheckOperatorName(record->facts.name).has_value());
    Require(record->facts.role != vallum::module::Role::kUnauthenticated);
  }
  if (const auto verifier = vallum::module::ParseVerifier(input)) {
    const auto again = vallum::module::EncodeVerifier(*verifier);
    Require(again.has_value() && SameBytes(again->span(), input));
  }
  return 0;
}
