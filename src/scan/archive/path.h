// SPDX-License-Identifier: Apache-2.0
// Names inside a target. They come from strangers: nothing here ever becomes a path of this machine.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "scan/content/budget.h"

namespace vallum::scan {

/// InnerPath is a name as it counts inside its root: no leading slash, no empty or "." parts, and ".."
/// never above the root. Empty is the root itself.
struct InnerPath {
  std::string text;
  bool climbed = false;  ///< the name tried to leave the root
};

/// ToInnerPath is kInvalidArgument for a name with a NUL, and kResourceExhausted for one longer than
/// the limits allow.
Result<InnerPath> ToInnerPath(std::string_view name, const Limits& limits);

/// JoinArchive names a file inside an archive: "opt/app.jar!lib/x.so".
std::string JoinArchive(std::string_view archive, std::string_view inner);

}  // namespace vallum::scan
