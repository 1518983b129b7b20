// SPDX-License-Identifier: Apache-2.0
// The vector files: where they are, what is there, and their contents uncompressed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace vallum::vectors {

/// VectorFolder is $VALLUM_VECTORS, else ../shared/vectors beside the repository; empty when there is
/// no such folder.
std::optional<std::filesystem::path> VectorFolder();

/// MissingIsFailure says whether a run without the vectors has failed (CI, or VALLUM_VECTORS_REQUIRED=1)
/// and not merely skipped them.
bool MissingIsFailure();

/// FileNames lists the names in `folder`, sorted.
Result<std::vector<std::string>> FileNames(const std::filesystem::path& folder);

/// ReadCompressed uncompresses a .bz2 or .gz file; kStorage when it is damaged.
Result<std::string> ReadCompressed(const std::filesystem::path& path);

}  // namespace vallum::vectors
