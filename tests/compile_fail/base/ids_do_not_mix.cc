// SPDX-License-Identifier: Apache-2.0
// EXPECT: no match for|invalid operands
#include "base/ids.h"

bool Same(const vallum::KeyId& key, const vallum::RequestId& request) {
#ifdef MUST_NOT_COMPILE
  return key == request;
#else
  return key.bytes() == request.bytes();
#endif
}
