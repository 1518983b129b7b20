// SPDX-License-Identifier: Apache-2.0
// Reading entries through prepared statements. Internal to src/keystore.
#pragma once

#include <string_view>
#include <vector>

#include "keystore/keystore.h"
#include "keystore/sqlite_connection.h"

namespace vallum::keystore {

/// ReadEntry runs `get` (key -> value, revision) as Keystore::Get says. One thread uses a statement.
Result<Entry> ReadEntry(Statement& get, std::string_view key);

/// ReadEntries runs `list` (from, to, limit -> key, value, revision) as Keystore::List says.
Result<std::vector<Entry>> ReadEntries(Statement& list, std::string_view prefix,
                                       std::string_view after, std::size_t limit);

}  // namespace vallum::keystore
