// SPDX-License-Identifier: Apache-2.0
#include "scan/archive/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace vallum::scan {

Result<InnerPath> ToInnerPath(std::string_view name, const Limits& limits) {
  if (name.find('\0') != std::string_view::npos) return InvalidArgument("a name holds a NUL");
  if (name.size() > limits.path_bytes) {
    return ResourceExhausted(fmt::format("a name is longer than {} bytes", limits.path_bytes));
  }
  InnerPath path;
  std::vector<std::size_t> ends;  // of the text before each part
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('/'));
    name.remove_prefix(std::min(part.size() + 1, name.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      path.climbed = path.climbed || ends.empty();
      path.text.resize(ends.empty() ? 0 : ends.back());
      if (!ends.empty()) ends.pop_back();
      continue;
    }
    ends.push_back(path.text.size());
    if (!path.text.empty()) path.text += '/';
    path.text += part;
  }
  return path;
}

std::string JoinArchive(std::string_view archive, std::string_view inner) {
  return fmt::format("{}!{}", archive, inner);
}

}  // namespace vallum::scan
