// SPDX-License-Identifier: Apache-2.0
// The module's part in checking an audit log offline.
#pragma once

#include "audit/verify.h"
#include "module/module.h"

namespace vallum::cli {

/// MakeVerifyCrypto uses `module`, which must outlive what is returned.
audit::VerifyCrypto MakeVerifyCrypto(module::Module& module);

}  // namespace vallum::cli
