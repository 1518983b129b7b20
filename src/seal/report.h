// SPDX-License-Identifier: Apache-2.0
// What `vallum-seal show` prints.
#pragma once

#include <string>

#include "seal/sealer.h"

namespace vallum::seal {

/// Report describes the manifest in the first file, and what of each file is covered. kIntegrity when
/// there is no manifest to describe. It compares nothing.
Result<std::string> TextReport(const Boundary& boundary);
Result<std::string> JsonReport(const Boundary& boundary);

}  // namespace vallum::seal
