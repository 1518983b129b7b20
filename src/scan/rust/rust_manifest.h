// SPDX-License-Identifier: Apache-2.0
// The manifest of cargo-auditable: section .dep-v0, a zlib stream with a JSON object.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "scan/elf/elf_file.h"

namespace vallum::scan {

struct RustCrate {
  std::string name;
  std::string version;
  bool operator<(const RustCrate& other) const {
    return std::tie(name, version) < std::tie(other.name, other.version);
  }
};

/// ReadRustManifest names the crates that are part of the program, not those that only built it.
Result<std::vector<RustCrate>> ReadRustManifest(const Content& content, const ElfSection& section);

}  // namespace vallum::scan
