// SPDX-License-Identifier: Apache-2.0
// What a process has in its memory, as /proc/PID/maps says (proc_pid_maps(5)).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vallum::scan {

/// MappedFile is a file that a process has mapped, whole or in part.
struct MappedFile {
  std::string path;  ///< in the process's own root; "/memfd:..." for what never had a name on disk
  std::string device;  ///< as written: "fe:00"
  std::uint64_t inode = 0;
  std::string range;     ///< of its first mapping: its name in /proc/PID/map_files
  bool deleted = false;  ///< nothing has that name any more, or another file has it

  bool operator==(const MappedFile&) const = default;
};

/// ParseMaps returns each file once, in the order of addresses. Devices and memory without a file are left
/// out. kInvalidArgument for a line of another form.
Result<std::vector<MappedFile>> ParseMaps(std::string_view text);

}  // namespace vallum::scan
