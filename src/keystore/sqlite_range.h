// SPDX-License-Identifier: Apache-2.0
// The bounds of a prefix list. Internal to src/keystore.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/bytes.h"
#include "keystore/keystore.h"

namespace vallum::keystore {

/// EndOfPrefix is the least byte string that is greater than all keys that start with `prefix`.
inline Bytes EndOfPrefix(std::string_view prefix) {
  Bytes end = ToBytes(AsBytes(prefix));
  while (!end.empty() && end.back() == 0xff) end.pop_back();
  if (end.empty()) return Bytes(kMaxKeySize + 1, 0xff);
  ++end.back();
  return end;
}

/// StartOfList is the first key that a list of `prefix` may give after `after` (empty: any).
inline Bytes StartOfList(std::string_view prefix, std::string_view after) {
  Bytes start = ToBytes(AsBytes(prefix));
  if (after.empty()) return start;
  Bytes next = ToBytes(AsBytes(after));
  next.push_back(0);
  return std::max(start, next);
}

}  // namespace vallum::keystore
