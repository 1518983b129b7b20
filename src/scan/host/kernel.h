// SPDX-License-Identifier: Apache-2.0
// What the kernel says of itself: its FIPS flag, its command line, its algorithms and their self-tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scan/fact/fact.h"

namespace vallum::scan {

struct KernelAlgorithms {
  std::uint64_t count = 0;
  std::vector<std::string> untested;  ///< drivers whose self-test did not pass, or did not run
};
/// ParseKernelAlgorithms reads /proc/crypto, any text.
KernelAlgorithms ParseKernelAlgorithms(std::string_view text);

/// ReadKernel says what stands under `proc`. A kernel that was built without FIPS mode has no flag at all.
Facts ReadKernel(const std::filesystem::path& proc);

}  // namespace vallum::scan
