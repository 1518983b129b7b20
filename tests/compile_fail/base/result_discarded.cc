// SPDX-License-Identifier: Apache-2.0
// EXPECT: nodiscard
#include "base/result.h"

vallum::Result<int> Make();

void Use() {
#ifdef MUST_NOT_COMPILE
  Make();
#else
  (void)Make().has_value();
#endif
}
