// SPDX-License-Identifier: Apache-2.0
// EXPECT: cannot convert|could not convert|not contextually convertible
#include "base/secret.h"

int Use(const vallum::SecretBuffer& secret) {
#ifdef MUST_NOT_COMPILE
  return secret ? 1 : 0;
#else
  return secret.empty() ? 1 : 0;
#endif
}
