// SPDX-License-Identifier: Apache-2.0
#include "scan/scan.h"

namespace vallum::scan {

Result<ScanReport> Scan(const std::filesystem::path& target, const ScanOptions& options) {
  const CertificateTable certificates = TRY(CertificateTable::BuiltIn());
  Collector collector(options.hasher, options.on_progress);
  ScanReport report;
  report.type = TRY(WalkTarget(target, options.walk, collector));
  report.target = target.string();
  report.options = options.evaluation;
  report.table_as_of = certificates.newest();
  report.collected = std::move(collector).Finish();
  report.evaluation = Evaluate(report.collected.files, certificates, options.evaluation);
  Accept(options.exceptions, options.evaluation.as_of, report.evaluation);
  return report;
}

}  // namespace vallum::scan
