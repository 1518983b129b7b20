// SPDX-License-Identifier: Apache-2.0
// What the boundary consists of, for status pages. Part of the door; include module/module.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vallum::module {

/// BoundaryObject is one file of the boundary. Hashes are 64 hexadecimal digits.
struct BoundaryObject {
  std::string name;            ///< "libvallum.so"
  std::filesystem::path path;  ///< what was loaded
  std::string
      file_sha256;  ///< of the file; empty when not computed, or when it was replaced meanwhile
  std::string sealed_mac;  ///< HMAC-SHA-256 that the integrity manifest wants; empty when unsealed
};

/// IntegrityStatus is about the last integrity test. `sealed` is false in a build that was made
/// without a seal (VALLUM_SEAL=OFF): such a build tests nothing but the provider's file, cannot be
/// installed and refuses policy `only`.
struct IntegrityStatus {
  bool sealed = false;
  std::int64_t microseconds = 0;        ///< known-answer test and all three objects
  std::uint64_t bytes = 0;              ///< covered, in all objects
  std::vector<BoundaryObject> objects;  ///< in the order of the test
};

}  // namespace vallum::module
