// SPDX-License-Identifier: Apache-2.0
// What `vallum scan` and `vallum probe` have in common: how to judge, what to print, how to exit.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/context.h"
#include "cli/exit_code.h"
#include "scan/scan.h"

namespace CLI {
class App;
}

namespace vallum::cli {

struct ScanChoices {
  std::string as_of;
  std::string fail_on = "high";
  std::string scratch = "/var/tmp";
  std::string format = "text";
  std::string exceptions;
  unsigned expiring_days = 180;
  bool allow_unknown = false;
};

/// AddScanChoices declares the options; `choices` must live as long as `verb`.
void AddScanChoices(CLI::App& verb, ScanChoices& choices);
/// ToScanOptions reads the exceptions and takes the hasher from the module.
Result<scan::ScanOptions> ToScanOptions(Context& context, const ScanChoices& choices);
/// PrintScanReport prints in the form that was chosen.
Status PrintScanReport(Context& context, const scan::ScanReport& report,
                       const ScanChoices& choices);
/// ScanVerdict: 1 for a finding at the threshold, 8 for what could not be determined, else 0.
ExitCode ScanVerdict(const scan::ScanReport& report, const ScanChoices& choices);

}  // namespace vallum::cli
