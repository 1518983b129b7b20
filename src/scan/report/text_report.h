// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scan/scan.h"

namespace vallum::scan {

/// TextReport is the report for people: findings worst first, the modules, what could not be determined.
std::string TextReport(const ScanReport& report);

}  // namespace vallum::scan
