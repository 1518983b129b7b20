// SPDX-License-Identifier: Apache-2.0
// Python: which distributions are installed, and what a program's sources import and ask for. Extension
// modules are ELF files and are judged by their linkage (place/elf_place.h).
#pragma once

#include <string_view>

#include "base/result.h"
#include "scan/content/content.h"
#include "scan/fact/fact.h"

namespace vallum::scan {

/// IsPythonFile: metadata of an installed distribution (METADATA, PKG-INFO, *.egg-info), or a source that
/// is no part of one nor of Python's own library.
bool IsPythonFile(std::string_view path);

/// DetectPython is kResourceExhausted for a file that is too large to read as a text.
Result<Facts> DetectPython(std::string_view path, const Content& content);

}  // namespace vallum::scan
