// SPDX-License-Identifier: Apache-2.0
// Several targets side by side: which cryptography is used where, and which target differs from the rest.
#pragma once

#include <string>
#include <vector>

#include "scan/scan.h"

namespace vallum::scan {

/// FleetUse is one product in one version, with the targets that have it, as indices.
struct FleetUse {
  std::string product;
  std::string version;
  std::vector<std::size_t> targets;
};

/// UsesOf lists what is built in, is a library or is a module; not what is only linked. By product and
/// version.
std::vector<FleetUse> UsesOf(const std::vector<ScanReport>& reports);
/// StandsOut: of three targets or more, one alone has it, or one alone does not.
bool StandsOut(const FleetUse& use, std::size_t targets);

/// FleetText is for people, FleetJson for machines (docs/formats/scan-report.md).
std::string FleetText(const std::vector<ScanReport>& reports);
std::string FleetJson(const std::vector<ScanReport>& reports);

}  // namespace vallum::scan
