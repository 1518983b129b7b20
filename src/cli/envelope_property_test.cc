// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "cli/envelope.h"

namespace vallum::cli {
namespace {

rc::Gen<EnvelopeHeader> ArbitraryHeader() {
  return rc::gen::exec([] {
    EnvelopeHeader header;
    header.chunk_size = 1u << *rc::gen::inRange(12, 23);
    header.key_version = *rc::gen::nonZero<std::uint32_t>();
    header.key_name =
        "k" + *rc::gen::resize(127, rc::gen::container<std::string>(
                                        rc::gen::elementOf(std::string("abcXYZ019._-"))));
    header.wrapped_key = *rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>());
    return header;
  });
}

RC_GTEST_PROP(EnvelopeHeaderPropertyTest, WrittenHeadersReadBackTheSame, ()) {
  const EnvelopeHeader header = *ArbitraryHeader();
  Bytes file = EncodeEnvelopeHeader(header).value();
  const std::size_t size = file.size();
  Append(file, *rc::gen::arbitrary<Bytes>());
  const auto parsed = ParseEnvelopeHeader(file);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->header == header);
  RC_ASSERT(parsed->size == size);
}

RC_GTEST_PROP(EnvelopeHeaderPropertyTest, WhatIsAcceptedIsCanonical, ()) {
  Bytes file = EncodeEnvelopeHeader(*ArbitraryHeader()).value();
  const auto index = *rc::gen::inRange<std::size_t>(0, file.size());
  file[index] = *rc::gen::arbitrary<std::uint8_t>();
  const auto parsed = ParseEnvelopeHeader(file);
  if (!parsed) return;
  const Bytes again = EncodeEnvelopeHeader(parsed->header).value();
  RC_ASSERT(again == Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(parsed->size)));
}

}  // namespace
}  // namespace vallum::cli
