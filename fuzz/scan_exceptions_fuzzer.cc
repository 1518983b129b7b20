// SPDX-License-Identifier: Apache-2.0
// Any bytes as an exceptions file: it ends, and what is accepted names a rule and a day.
#include <cstdlib>

#include "scan/exception/exceptions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vallum::scan;
  const Day today = *ParseDay("2026-11-21");
  const auto parsed = ParseExceptions(vallum::AsText(vallum::ByteSpan(data, size)), today);
  if (!parsed) return 0;
  for (const Exception& one : *parsed) {
    if (one.rule.empty() || one.reason.empty() || one.owner.empty()) std::abort();
    if (one.expires > today + std::chrono::days(kLongestException)) std::abort();
  }
  return 0;
}
