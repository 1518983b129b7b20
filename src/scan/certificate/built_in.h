// SPDX-License-Identifier: Apache-2.0
// The .csv files beside this one, as they were when the program was built. Private to the folder.
#pragma once

#include <string_view>

namespace vallum::scan {

extern const std::string_view kCertificatesCsv;
extern const std::string_view kNewerCsv;
extern const std::string_view kVersionsCsv;
extern const std::string_view kFilesCsv;

}  // namespace vallum::scan
