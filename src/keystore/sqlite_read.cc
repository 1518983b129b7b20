// SPDX-License-Identifier: Apache-2.0
#include "keystore/sqlite_read.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"

namespace vallum::keystore {
namespace {

// EndOfPrefix is the least byte string that is greater than all keys that start with `prefix`.
Bytes EndOfPrefix(std::string_view prefix) {
  Bytes end = ToBytes(AsBytes(prefix));
  while (!end.empty() && end.back() == 0xff) end.pop_back();
  if (end.empty()) return Bytes(kMaxKeySize + 1, 0xff);
  ++end.back();
  return end;
}

// StartOfList is the first key that a list of `prefix` may give after `after` (empty: any).
Bytes StartOfList(std::string_view prefix, std::string_view after) {
  Bytes start = ToBytes(AsBytes(prefix));
  if (after.empty()) return start;
  Bytes next = ToBytes(AsBytes(after));
  next.push_back(0);
  return std::max(start, next);
}

}  // namespace

Result<Entry> ReadEntry(Statement& get, std::string_view key) {
  const ResetOnExit reset(get);
  if (!TRY(get.BindBlob(1, AsBytes(key)).Step())) {
    return NotFound("the store has no entry \"" + std::string(key) + "\"");
  }
  return Entry{.key = std::string(key),
               .value = ToBytes(get.ColumnBlob(0)),
               .revision = static_cast<Revision>(get.ColumnInteger(1))};
}

Result<std::vector<Entry>> ReadEntries(Statement& list, std::string_view prefix,
                                       std::string_view after, std::size_t limit) {
  const Bytes start = StartOfList(prefix, after);
  const Bytes end = EndOfPrefix(prefix);
  const ResetOnExit reset(list);
  list.BindBlob(1, start).BindBlob(2, end);
  list.BindInteger(3, static_cast<std::int64_t>(std::min<std::size_t>(limit, INT64_MAX)));
  std::vector<Entry> entries;
  while (TRY(list.Step())) {
    entries.push_back({.key = std::string(AsText(list.ColumnBlob(0))),
                       .value = ToBytes(list.ColumnBlob(1)),
                       .revision = static_cast<Revision>(list.ColumnInteger(2))});
  }
  return entries;
}

}  // namespace vallum::keystore
