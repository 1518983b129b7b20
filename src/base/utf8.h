// SPDX-License-Identifier: Apache-2.0
// The encoding that JSON (RFC 8259, 8.1) requires. Private to base.
#pragma once

#include <cstddef>
#include <string_view>

namespace vallum::internal {

/// FirstInvalidUtf8 returns the offset of the first byte that begins no well-formed sequence of
/// RFC 3629 (overlong forms, surrogates and what lies past U+10FFFF are none), or text.size().
std::size_t FirstInvalidUtf8(std::string_view text);

}  // namespace vallum::internal
