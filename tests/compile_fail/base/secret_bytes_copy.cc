// SPDX-License-Identifier: Apache-2.0
// EXPECT: deleted
#include <utility>

#include "base/secret.h"

void Use(vallum::SecretBytes& secret) {
#ifdef MUST_NOT_COMPILE
  vallum::SecretBytes copy(secret);
  (void)copy;
#else
  vallum::SecretBytes moved(std::move(secret));
  (void)moved;
#endif
}
