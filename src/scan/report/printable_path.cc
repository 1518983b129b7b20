// SPDX-License-Identifier: Apache-2.0
#include "scan/report/printable_path.h"

#include <fmt/format.h>

namespace vallum::scan {

std::string PrintablePath(std::string_view text) {
  std::string out;
  for (const char one : text) {
    const auto byte = static_cast<unsigned char>(one);
    if (byte < 0x20 || byte >= 0x7f || one == '\\') {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += one;
    }
  }
  return out;
}

}  // namespace vallum::scan
