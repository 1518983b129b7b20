// SPDX-License-Identifier: Apache-2.0
// Node.js: which packages are installed, which a lockfile asks for, what a program's sources import and
// ask node:crypto for. Runtimes and native addons are ELF files (place/elf_place.h).
#pragma once

#include <string_view>

#include "base/result.h"
#include "scan/content/content.h"
#include "scan/fact/fact.h"

namespace vallum::scan {

/// IsNodeFile: package.json of an installed package, a lockfile of npm, yarn or pnpm, or a source outside
/// of the installed packages.
bool IsNodeFile(std::string_view path);

/// DetectNode is kInvalidArgument for a lockfile, or the package.json of a known package, that is no JSON,
/// kResourceExhausted for a file that is too large to read as a text.
Result<Facts> DetectNode(std::string_view path, const Content& content);

}  // namespace vallum::scan
