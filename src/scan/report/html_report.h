// SPDX-License-Identifier: Apache-2.0
// A report for people: one HTML file with everything in it, no script, for light and dark screens.
#pragma once

#include <string>

#include "scan/scan.h"

namespace vallum::scan {

/// HtmlReport loads nothing when it is opened, and a policy in it forbids that; texts of the target are text.
std::string HtmlReport(const ScanReport& report);

}  // namespace vallum::scan
