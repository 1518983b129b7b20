// SPDX-License-Identifier: Apache-2.0
// EXPECT: static assertion failed|static_assert failed|deleted
#include <fmt/format.h>

#include "base/secret.h"

void Print(const vallum::SecretBuffer& secret) {
#ifdef MUST_NOT_COMPILE
  (void)fmt::format("{}", secret);
#else
  (void)fmt::format("{}", secret.size());
#endif
}
