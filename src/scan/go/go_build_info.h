// SPDX-License-Identifier: Apache-2.0
// What the Go linker wrote about a build, in both of its forms: inline since Go 1.18, by pointers before.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "scan/elf/elf_file.h"

namespace vallum::scan {

struct GoBuildInfo {
  std::string version;                                       ///< of the toolchain: "go1.24.4"
  std::string path;                                          ///< of the main package
  std::map<std::string, std::string, std::less<>> settings;  ///< "GOFIPS140" and the like

  /// Setting is empty when there is none of that name.
  std::string_view Setting(std::string_view name) const;
};

/// FindGoBuildInfo is nothing when the file has none, kInvalidArgument when it is damaged.
Result<std::optional<GoBuildInfo>> FindGoBuildInfo(const ElfFile& file);

}  // namespace vallum::scan
