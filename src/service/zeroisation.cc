// SPDX-License-Identifier: Apache-2.0
// Zeroisation of everything. The keys that sign the log go with the others, so what was asked for is
// recorded and signed before; what came of it follows without a signature, which the next start
// adds. A log that cannot be written does not stop it: destroying must always be possible.
#include "service/service_impl.h"

namespace vallum::service {
namespace {

bool RecordRequest(Core& core, audit::Record record) {
  record.time = core.clock.Now();
  record.detail = "asked for; every key in the module's memory is wiped next";
  return core.journal.Keep(record).has_value() && core.journal.log().Checkpoint().has_value();
}

void RecordEnd(Core& core, audit::Record record, const Result<module::ZeroiseReport>& report) {
  record.time = core.clock.Now();
  if (report) {
    record.detail = std::to_string(report->objects) + " objects and " +
                    std::to_string(report->bytes) + " bytes wiped, " +
                    (report->verified ? "verified" : "not all verified");
  } else {
    record.outcome = CodeName(report.error().code());
    record.detail = report.error().message();
  }
  (void)core.journal.Keep(record);
}

}  // namespace

Result<Service::Zeroised> ServiceImpl::Zeroise(const Caller& caller) {
  Call call(core_, caller, policy::Action::kModuleZeroise);
  if (Status allowed = call.Authorize(); !allowed) {
    return call.Finish(Result<Zeroised>(std::move(allowed).error()));
  }
  Zeroised done;
  done.recorded = RecordRequest(core_, call.record());
  Result<module::ZeroiseReport> report = module::ZeroiseAll(core_.module);
  RecordEnd(core_, call.record(), report);
  done.report = TRY(std::move(report));
  done.state = core_.module.state();
  return done;
}

}  // namespace vallum::service
