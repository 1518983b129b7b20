// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vallum::scan {

/// PrintablePath writes a stranger's bytes so that they can neither steer a terminal nor break a JSON
/// text: control characters, backslashes and bytes that are not ASCII become \xNN.
std::string PrintablePath(std::string_view text);

}  // namespace vallum::scan
