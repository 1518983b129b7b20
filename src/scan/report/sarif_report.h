// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scan/scan.h"

namespace vallum::scan {

/// SarifReport is SARIF 2.1.0 (OASIS, 27 March 2020): one run, a result for each finding, accepted ones with
/// a suppression, and what could not be determined as notifications of the tool.
std::string SarifReport(const ScanReport& report);

}  // namespace vallum::scan
