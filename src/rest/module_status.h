// SPDX-License-Identifier: Apache-2.0
// The JSON form of the module's status.
#pragma once

#include "base/json.h"
#include "service/service.h"

namespace vallum::rest {

/// WriteModule writes a Module object: which module, files, provider and certificate, in which state.
void WriteModule(JsonWriter& json, const service::Service::StatusReport& report);
/// WriteZeroisation writes a Zeroisation object.
void WriteZeroisation(JsonWriter& json, const module::ZeroiseReport& report);

}  // namespace vallum::rest
