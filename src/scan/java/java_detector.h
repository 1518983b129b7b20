// SPDX-License-Identifier: Apache-2.0
// Java: libraries by their classes, and the order of providers in java.security. Libraries of machine
// code in jars are ELF files (place/elf_place.h).
#pragma once

#include <string_view>

#include "base/result.h"
#include "scan/content/content.h"
#include "scan/fact/fact.h"
#include "scan/target/file_kind.h"

namespace vallum::scan {

/// IsJavaFile: a class that stands for a library, a java.security, or what a build fetches.
bool IsJavaFile(std::string_view path, FileKind kind);

/// DetectJava is kResourceExhausted for a file that is too large to read as a whole.
Result<Facts> DetectJava(std::string_view path, FileKind kind, const Content& content);

}  // namespace vallum::scan
