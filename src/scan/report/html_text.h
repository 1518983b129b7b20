// SPDX-License-Identifier: Apache-2.0
// Texts from strangers inside of HTML. Private to the folder.
#pragma once

#include <string>
#include <string_view>

namespace vallum::scan {

/// HtmlText is the text as HTML shows it, in an element or an attribute in quotes; control characters and
/// bytes that are not ASCII as PrintablePath writes them.
std::string HtmlText(std::string_view text);

}  // namespace vallum::scan
