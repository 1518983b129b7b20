// SPDX-License-Identifier: Apache-2.0
// What reaches around the modules. Private to the folder.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scan/scan.h"

namespace vallum::scan {

/// OtherCryptography is, by product and version, the paths of the files with primitives that no module does.
/// OpenSSL's own library is none of it where a provider of OpenSSL's is there, to which it leads.
std::map<std::pair<std::string, std::string>, std::vector<std::string>> OtherCryptography(
    const ScanReport& report);

}  // namespace vallum::scan
