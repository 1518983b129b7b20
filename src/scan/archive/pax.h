// SPDX-License-Identifier: Apache-2.0
// pax extended headers (POSIX.1-2017 pax): records "LENGTH KEY=VALUE\n". Private to the folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vallum::scan {

/// PaxFields are what the records say about the next entry; what they do not name stays unset.
struct PaxFields {
  std::optional<std::string> path;
  std::optional<std::string> link;
  std::optional<std::uint64_t> size;
  bool sparse = false;                     ///< any of GNU's GNU.sparse.* records
  std::optional<std::string> sparse_name;  ///< the name that a sparse entry really has
};

/// ParsePax adds the records of one header; a later one wins. kInvalidArgument when damaged.
Status ParsePax(std::string_view records, PaxFields& fields);

}  // namespace vallum::scan
