// SPDX-License-Identifier: Apache-2.0
// EXPECT: return-statement with a value|should not return a value
#include "base/result.h"

vallum::Status Make();

void Use() {
#ifdef MUST_NOT_COMPILE
  TRY(Make());
#else
  (void)Make().has_value();
#endif
}
