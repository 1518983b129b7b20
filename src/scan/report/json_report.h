// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scan/scan.h"

namespace vallum::scan {

/// JsonReport is the report for machines; docs/formats/scan-report.md says every member.
std::string JsonReport(const ScanReport& report);

}  // namespace vallum::scan
