// SPDX-License-Identifier: Apache-2.0
// SHA-256 of the boundary's files, for status pages. The integrity test does not need it: it is about
// memory. So it is computed when somebody asks, once.
#pragma once

#include <sys/stat.h>

#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "module/boundary.h"
#include "ossl/context.h"

namespace vallum::module {

/// BoundaryFiles is thread-safe once Remember has returned.
class BoundaryFiles {
 public:
  /// Remember notes which files were loaded, so that a later replacement is not taken for them.
  void Remember(std::span<const BoundaryObject> objects);
  /// Hashes returns one hash for each object, in lower-case hexadecimal digits; an empty text where
  /// the file was replaced or cannot be read. `context` computes them the first time.
  std::vector<std::string> Hashes(ossl::LibraryContext& context);

 private:
  struct File {
    std::filesystem::path path;
    struct stat loaded {};
  };
  std::vector<File> files_;
  std::mutex mutex_;
  std::vector<std::string> hashes_;
};

}  // namespace vallum::module
