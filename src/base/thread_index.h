// SPDX-License-Identifier: Apache-2.0
// A number of one's own for each living thread, for state that threads should not meet at.
#pragma once

#include <cstdint>

namespace vallum {

/// Numbers go from 1 to this; a thread that finds none left has kNoThreadIndex.
inline constexpr std::uint32_t kMostThreadIndices = 1024;
inline constexpr std::uint32_t kNoThreadIndex = UINT32_MAX;

namespace detail {
extern constinit thread_local std::uint32_t thread_index;
std::uint32_t TakeThreadIndex();
}  // namespace detail

/// ThreadIndex is a number that no other living thread of the process has. When the thread ends the number
/// goes to a later one, which sees everything that was done under it; from then on the ending thread has
/// kNoThreadIndex.
inline std::uint32_t ThreadIndex() {
  const std::uint32_t index = detail::thread_index;
  return index != 0 ? index : detail::TakeThreadIndex();
}

}  // namespace vallum
