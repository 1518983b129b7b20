// SPDX-License-Identifier: Apache-2.0
// EXPECT: no match for|invalid operands
#include <ostream>

#include "base/secret.h"

void Print(std::ostream& out, const vallum::SecretBytes& secret) {
#ifdef MUST_NOT_COMPILE
  out << secret;
#else
  out << secret.size();
#endif
}
