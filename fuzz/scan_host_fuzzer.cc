// SPDX-License-Identifier: Apache-2.0
// Any text as a process's memory map and as the kernel's list of algorithms: both end, and a map has each
// file once.
#include <cstdlib>
#include <set>

#include "base/bytes.h"
#include "scan/host/kernel.h"
#include "scan/host/memory_map.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = vallum::AsText(vallum::ByteSpan(data, size));
  const auto files = vallum::scan::ParseMaps(text);
  std::set<std::pair<std::string, std::uint64_t>> seen;
  for (const auto& file : files ? *files : std::vector<vallum::scan::MappedFile>()) {
    if (!file.path.starts_with('/')) std::abort();
    if (!seen.emplace(file.device, file.inode).second) std::abort();
  }
  const auto algorithms = vallum::scan::ParseKernelAlgorithms(text);
  if (algorithms.count > size) std::abort();
  return 0;
}
