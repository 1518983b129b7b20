// SPDX-License-Identifier: Apache-2.0
// Lockfiles of npm (all versions), yarn (1 and later) and pnpm.
#pragma once

#include <string_view>

#include "base/result.h"
#include "scan/fact/fact.h"

namespace vallum::scan {

bool IsLockfile(std::string_view name);
/// ReadLockfile names the known packages in it, each version once. kInvalidArgument when an npm lockfile is
/// no JSON.
Result<Facts> ReadLockfile(std::string_view name, std::string_view text);

}  // namespace vallum::scan
