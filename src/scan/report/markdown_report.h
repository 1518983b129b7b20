// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scan/scan.h"

namespace vallum::scan {

/// MarkdownReport is for a comment on a change or a page of a wiki. What comes from the target can neither
/// break the tables nor bring markup of its own.
std::string MarkdownReport(const ScanReport& report);

}  // namespace vallum::scan
