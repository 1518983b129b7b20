// SPDX-License-Identifier: Apache-2.0
// Settings that decide which cryptography is used: OpenSSL's configuration, the system-wide policy, the
// servers' own, what a container starts with, and what an image is built from.
#pragma once

#include <string_view>

#include "base/result.h"
#include "scan/content/content.h"
#include "scan/fact/fact.h"

namespace vallum::scan {

/// IsConfigFile goes by names: these are texts.
bool IsConfigFile(std::string_view path);

/// DetectConfig is kResourceExhausted for a file that is too large to read as a text.
Result<Facts> DetectConfig(std::string_view path, const Content& content);

/// DetectEnvironment reads one variable, "NAME=value", that a container starts with.
Facts DetectEnvironment(std::string_view assignment);

}  // namespace vallum::scan
