// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scan/scan.h"

namespace vallum::scan {

/// CbomReport is a CycloneDX 1.6 bill of materials of cryptography: a library component for each product in
/// each version, with where it was seen and the certificates of a module; an algorithm asset for each hash
/// function that a source asks for. Algorithms of libraries are not listed: a file does not say which are
/// used.
std::string CbomReport(const ScanReport& report);

}  // namespace vallum::scan
