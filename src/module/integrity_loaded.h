// SPDX-License-Identifier: Apache-2.0
// Objects as they are loaded in this process: which object an address belongs to, where its covered
// segments are, and whether they can be read.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "module/integrity_extent.h"

namespace vallum::module {

/// LoadedObject views memory of this process; it is good as long as the object stays loaded.
struct LoadedObject {
  std::filesystem::path path;  ///< as the dynamic linker has it
  std::vector<CoveredSegment> segments;
};

/// FindLoadedObject finds the object around `address` by its program headers, not by a name. The
/// message of a failure begins with its cause, "integrity:unreadable" or "integrity:mismatch".
Result<LoadedObject> FindLoadedObject(const void* address);

/// CheckReadable asks the kernel to read one byte of every page, so that a page that is unmapped or
/// may not be read is kIntegrity, "integrity:unreadable", and not a crash.
Status CheckReadable(ByteSpan memory);

}  // namespace vallum::module
