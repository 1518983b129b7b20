// SPDX-License-Identifier: Apache-2.0
// EXPECT: deleted
#include <utility>

#include "base/secret.h"

void Use(vallum::SecretBuffer& from, vallum::SecretBuffer& to) {
#ifdef MUST_NOT_COMPILE
  to = from;
#else
  to = std::move(from);
#endif
}
