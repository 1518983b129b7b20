// SPDX-License-Identifier: Apache-2.0
// EXPECT: deleted
#include <utility>

#include "base/secret.h"

void Use(vallum::SecretBuffer& secret) {
#ifdef MUST_NOT_COMPILE
  vallum::SecretBuffer copy(secret);
  (void)copy;
#else
  vallum::SecretBuffer moved(std::move(secret));
  (void)moved;
#endif
}
