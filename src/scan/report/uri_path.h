// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vallum::scan {

/// UriPath writes a stranger's path as a relative URI reference (RFC 3986): every byte that is not
/// unreserved and no slash becomes %XX.
std::string UriPath(std::string_view path);

}  // namespace vallum::scan
