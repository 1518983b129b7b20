// SPDX-License-Identifier: Apache-2.0
// The envelope header's parser never reads out of bounds, and what it accepts is written back the same.
#include <algorithm>
#include <cstdlib>

#include "cli/envelope.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vallum::ByteSpan input(data, size);
  auto parsed = vallum::cli::ParseEnvelopeHeader(input);
  if (!parsed) return 0;
  auto written = vallum::cli::EncodeEnvelopeHeader(parsed->header);
  if (!written || written->size() != parsed->size) std::abort();
  if (!std::equal(written->begin(), written->end(), input.begin())) std::abort();
  return 0;
}
