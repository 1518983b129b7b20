// SPDX-License-Identifier: Apache-2.0
// What the server asks of its process and of the system that started it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vallum::server {

/// HardenProcess turns core dumps and attaching off (FIPS 140-3: no SSP leaves unasked), makes new
/// files private, ignores SIGPIPE, and raises the limits on descriptors and locked memory as far as
/// they go. Call it before any other thread exists.
Status HardenProcess();

/// ExecutableFolder is where this program's file lies.
Result<std::filesystem::path> ExecutableFolder();

/// BlockSignals blocks SIGINT, SIGTERM and SIGHUP in this thread and those that it starts later.
void BlockSignals();
/// WaitForSignal waits for one of those and returns its number.
int WaitForSignal();
/// WaitForSignal with a limit returns nothing when none came in that time.
std::optional<int> WaitForSignal(std::chrono::seconds limit);
/// LetSignalsKill makes the next SIGINT or SIGTERM end the process at once.
void LetSignalsKill();

/// NotifyServiceManager sends `state` ("READY=1") to systemd's notification socket, whose address is
/// given as in NOTIFY_SOCKET; empty: nobody listens. Failures do not matter to the server.
void NotifyServiceManager(std::string_view socket_address, std::string_view state);

}  // namespace vallum::server
