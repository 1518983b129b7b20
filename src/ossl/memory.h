// SPDX-License-Identifier: Apache-2.0
// libcrypto's allocator, replaced by one that wipes every block it frees. Without it one import path
// of EC private keys leaves key bytes behind on the heap (measured).
#pragma once

#include "base/result.h"

namespace vallum::ossl {

/// InstallWipingAllocator makes libcrypto, and the FIPS provider that it serves, wipe what they free.
/// Once a process, before libcrypto's first allocation; later calls succeed and do nothing.
/// kInternal when libcrypto has allocated already: something used it before the module started.
/// Thread-safe.
Status InstallWipingAllocator();

}  // namespace vallum::ossl
