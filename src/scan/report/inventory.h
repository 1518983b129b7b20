// SPDX-License-Identifier: Apache-2.0
// The inventory that an assessor asks for: every module with its certificate, and every other cryptography
// that is there, one row each, as a spreadsheet reads it.
#pragma once

#include <string>

#include "base/result.h"
#include "scan/certificate/certificate_table.h"
#include "scan/scan.h"

namespace vallum::scan {

/// InventoryCsv is a table as RFC 4180 has it, its first row the names. A cell that a spreadsheet would take
/// for a formula has an apostrophe in front.
std::string InventoryCsv(const ScanReport& report, const CertificateTable& certificates);

}  // namespace vallum::scan
