// SPDX-License-Identifier: Apache-2.0
// A Keystore that several processes open at once: the same file as sqlite_keystore.h, without its lock
// and without a thread. For libraries inside other people's programs.
#pragma once

#include <filesystem>
#include <memory>

#include "keystore/keystore.h"

namespace vallum::keystore {

/// What to do when the file is not there.
enum class Missing : std::uint8_t { kFail, kCreate };

/// OpenSharedSqliteKeystore opens `path`, or creates it. Every process sees what the others committed; a
/// process that dies, whenever, costs the others nothing. A fork may happen at any time: the file is closed
/// around it and opened again on the next use, in the parent and in the child. Errors as
/// OpenSqliteKeystore; kNotFound when the file is missing and may not be created; kUnavailable when others
/// write for more than five seconds.
Result<std::unique_ptr<Keystore>> OpenSharedSqliteKeystore(const std::filesystem::path& path,
                                                           Missing missing);

}  // namespace vallum::keystore
