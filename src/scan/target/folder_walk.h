// SPDX-License-Identifier: Apache-2.0
// Walking a folder of this machine: a root file system, a source tree, a build.
#pragma once

#include "base/result.h"
#include "scan/content/budget.h"
#include "scan/target/folder.h"
#include "scan/target/unpacker.h"
#include "scan/target/visitor.h"
#include "scan/target/work_pool.h"

namespace vallum::scan {

/// WalkFolder shows every regular file under `root`. Symbolic links are not followed (what they point
/// to is shown under its own path), kernel file systems such as /proc are left out, and what cannot be
/// read is a problem, not an end. Returns when all is submitted; `pool` may still be at work.
void WalkFolder(const FolderPtr& root, const Limits& limits, Unpacker& unpacker, Visitor& visitor,
                WorkPool& pool);

}  // namespace vallum::scan
