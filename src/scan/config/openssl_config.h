// SPDX-License-Identifier: Apache-2.0
// OpenSSL's configuration files (config(5)), as far as providers are concerned.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vallum::scan {

/// OpenSslConfig holds the sections of one file; "" is the part before the first. A later value of a name
/// replaces an earlier one.
struct OpenSslConfig {
  using Section = std::map<std::string, std::string, std::less<>>;
  std::map<std::string, Section, std::less<>> sections;
  std::vector<std::string> includes;

  /// Value is empty when the section or the name in it is not there.
  std::string_view Value(std::string_view section, std::string_view name) const;
};

/// ParseOpenSslConfig reads any text; what is no setting is left out, as OpenSSL does for what nobody asks
/// for. Variables are not replaced.
OpenSslConfig ParseOpenSslConfig(std::string_view text);

/// Activates is what "1", "yes", "on" and "true" mean there.
bool Activates(std::string_view value);

}  // namespace vallum::scan
