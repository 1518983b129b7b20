// SPDX-License-Identifier: Apache-2.0
// The provider's file against its profile: a checksum before any of its code runs, its SHA-256 once
// there is an approved implementation to compute it with.
#pragma once

#include <filesystem>

#include "base/bytes.h"
#include "base/file.h"
#include "module/profile.h"
#include "ossl/context.h"

namespace vallum::module {

/// ProviderFile is the file's bytes, read from a descriptor that was opened before the load.
class ProviderFile {
 public:
  /// Open reads the file; kIntegrity when it is missing or its checksum is not that of the profile.
  static Result<ProviderFile> Open(const std::filesystem::path& path,
                                   const ProviderProfile& profile);
  /// CheckLoaded is kIntegrity when the SHA-256, or the version that the provider says, is not that of
  /// the profile, or when the path names another file by now.
  Status CheckLoaded(ossl::LibraryContext& context, const ProviderProfile& profile) const;

 private:
  ProviderFile(std::filesystem::path path, FileDescriptor fd, Bytes content)
      : path_(std::move(path)), fd_(std::move(fd)), content_(std::move(content)) {}
  std::filesystem::path path_;
  FileDescriptor fd_;
  Bytes content_;
};

}  // namespace vallum::module
