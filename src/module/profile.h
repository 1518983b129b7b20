// SPDX-License-Identifier: Apache-2.0
// Provider profiles: which fips.so this module accepts, and what may be said about it. Part of the
// door; include module/module.h.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace vallum::module {

/// ProviderProfile pins one provider file. `certificate` is a CMVP number or "none".
struct ProviderProfile {
  std::string name;        ///< "openssl-3.5.7-vallum"
  std::string version;     ///< what the provider must say its version is
  std::string sha256;      ///< of the file, 64 hexadecimal digits
  std::string module_mac;  ///< 64 digits: what the provider checks its own file against when loaded
  std::string crc32;       ///< 8 digits: finds a damaged file before any of its code runs
  std::string certificate;  ///< "4985" or "none"
};

/// LoadProfile reads a profile (TOML: the fields above, all of them text, nothing else); the build writes
/// one, fips-profile.toml, beside the fips.so that it installs, and src/module/make_profile.py writes one
/// for any other provider file. kConfiguration names what is wrong.
Result<ProviderProfile> LoadProfile(const std::filesystem::path& path);

}  // namespace vallum::module
