// SPDX-License-Identifier: Apache-2.0
// The server's log: one line an event on standard error. It never holds a secret; who did what to
// which key is the audit log's business.
#pragma once

#include "server/config.h"

namespace vallum::server {

/// SetUpLog makes spdlog's default logger write as configured.
void SetUpLog(LogLevel level, LogFormat format);

}  // namespace vallum::server
