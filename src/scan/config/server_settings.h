// SPDX-License-Identifier: Apache-2.0
// TLS and SSH settings of nginx, Apache, HAProxy and OpenSSH that allow what is not approved. What a file
// does not set is not judged: defaults depend on the version and on the library.
#pragma once

#include <string_view>

#include "scan/fact/fact.h"

namespace vallum::scan {

/// ServerOf is "nginx", "Apache", "HAProxy" or "OpenSSH" for the path of a settings file of it, or empty.
std::string_view ServerOf(std::string_view path);

/// ReadServerSettings gives one fact a line.
Facts ReadServerSettings(std::string_view server, std::string_view text);

}  // namespace vallum::scan
