// SPDX-License-Identifier: Apache-2.0
// Walking an image: its layers from the top down, what is hidden left out.
#pragma once

#include <vector>

#include "base/result.h"
#include "scan/content/budget.h"
#include "scan/content/byte_stream.h"
#include "scan/target/image.h"
#include "scan/target/unpacker.h"
#include "scan/target/visitor.h"
#include "scan/target/work_pool.h"

namespace vallum::scan {

/// Walkers is what walking needs; none of it is owned.
struct Walkers {
  Budget& budget;
  const Scratch& scratch;
  Unpacker& unpacker;
  Visitor& visitor;
  WorkPool& pool;
};

/// WalkLayers shows every file that a container of the image would see. A layer that is missing or
/// damaged is a problem; the others are shown nevertheless. Returns when all is submitted.
void WalkLayers(const std::vector<ImageLayer>& layers, const Walkers& walkers);

/// WalkRootTar shows the files of one archive that holds a root file system.
void WalkRootTar(const ContentPtr& archive, const Walkers& walkers);

}  // namespace vallum::scan
