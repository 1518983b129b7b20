// SPDX-License-Identifier: Apache-2.0
// EXPECT: has no member named|no member named
#include "base/secret.h"

void Use(vallum::SecretBuffer& secret) {
#ifdef MUST_NOT_COMPILE
  secret.resize(1);
#else
  (void)secret;
#endif
}
