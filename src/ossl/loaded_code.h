// SPDX-License-Identifier: Apache-2.0
// Where the boundary's other objects are in memory, for the integrity test.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace vallum::ossl {

/// LibcryptoAddress is an address inside the libcrypto that this process uses.
const void* LibcryptoAddress();
/// ProviderAddress is an address inside the provider file that was loaded from `path`; kProvider when
/// none is. It loads nothing.
Result<const void*> ProviderAddress(const std::filesystem::path& path);

}  // namespace vallum::ossl
