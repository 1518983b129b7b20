// SPDX-License-Identifier: Apache-2.0
#include "scan/report/uri_path.h"

#include <fmt/format.h>

#include <iterator>

namespace vallum::scan {

std::string UriPath(std::string_view path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string out;
  for (const char one : path) {
    if (kPlain.find(one) != std::string_view::npos) {
      out += one;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(one));
    }
  }
  return out;
}

}  // namespace vallum::scan
