// SPDX-License-Identifier: Apache-2.0
// WalkTarget: whatever a target is, its files are shown under the same paths. A folder, its tar archive
// and an image made of it give the same.
#pragma once

#include <cstddef>
#include <filesystem>

#include "base/result.h"
#include "scan/content/budget.h"
#include "scan/content/byte_stream.h"
#include "scan/target/visitor.h"

namespace vallum::scan {

enum class TargetType : std::uint8_t { kFolder, kImage, kRootArchive, kFile, kHost };
/// kHost is the running machine (host/probe.h), which WalkTarget never returns.
std::string_view TargetTypeName(TargetType type);

struct WalkOptions {
  Limits limits;
  Scratch scratch;
  std::size_t threads = 2;
};

/// WalkTarget shows every file of the target to the visitor and returns when all are shown. It is an
/// error only when the target itself cannot be opened (kNotFound, kStorage) or is a damaged image
/// (kInvalidArgument); everything else is told to the visitor as a problem.
///
/// Told apart by content: an OCI layout or `docker save` (folder or tar, compressed or not), a tar of a
/// root file system (compressed or not), a folder, any other single file.
Result<TargetType> WalkTarget(const std::filesystem::path& target, const WalkOptions& options,
                              Visitor& visitor);

}  // namespace vallum::scan
