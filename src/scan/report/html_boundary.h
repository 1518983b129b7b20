// SPDX-License-Identifier: Apache-2.0
// The picture of the boundary: which modules are inside, what reaches around them, what is not known.
// Private to the folder.
#pragma once

#include <string>

#include "scan/scan.h"

namespace vallum::scan {

/// BoundaryPicture is an SVG element with a title and a description; the same is in the report's tables.
std::string BoundaryPicture(const ScanReport& report);

}  // namespace vallum::scan
