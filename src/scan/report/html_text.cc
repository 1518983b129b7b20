// SPDX-License-Identifier: Apache-2.0
#include "scan/report/html_text.h"

#include <fmt/format.h>

#include <iterator>

#include "scan/report/printable_path.h"

namespace vallum::scan {

std::string HtmlText(std::string_view text) {
  constexpr std::string_view kMarkup = "&<>\"'";
  std::string out;
  for (const char one : PrintablePath(text)) {
    if (kMarkup.find(one) == kMarkup.npos) {
      out += one;
    } else {
      fmt::format_to(std::back_inserter(out), "&#{};", static_cast<int>(one));
    }
  }
  return out;
}

}  // namespace vallum::scan
