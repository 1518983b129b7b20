// SPDX-License-Identifier: Apache-2.0
#include "scan/fact/fact.h"

#include <array>

namespace vallum::scan {

std::string_view FactKindName(FactKind kind) {
  static constexpr std::array kNames = std::to_array<std::string_view>({
      "is-library",
      "contains",
      "needs",
      "fips-module",
      "go-build",
      "go-fips-on",
      "go-fips-off",
      "go-no-build-info",
      "go-boring",
      "go-other-crypto",
      "go-label-only",
      "python-package",
      "python-import",
      "python-weak-hash",
      "python-hashes",
      "node-package",
      "node-wanted",
      "node-weak-hash",
      "java-library",
      "java-wanted",
      "java-providers",
      "rust-crate",
      "rust-no-manifest",
      "openssl-config",
      "provider-activated",
      "provider-not-activated",
      "default-beside-fips",
      "includes-module-config",
      "module-config",
      "other-policy",
      "server-setting",
      "switched-off",
      "go-switched-on",
      "base-not-pinned",
      "image-not-pinned",
      "mapped-replaced",
      "process-without-module",
      "says-fips-on",
      "says-fips-off",
      "kernel-flag-on",
      "kernel-flag-off",
      "kernel-flag-absent",
      "python-extension",
      "in-wheel",
      "node-addon",
      "node-runtime",
      "in-jar",
  });
  static_assert(kNames.size() == static_cast<std::size_t>(FactKind::kInJar) + 1);
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view ConfidenceName(Confidence confidence) {
  switch (confidence) {
    case Confidence::kWeak:
      return "weak";
    case Confidence::kStrong:
      return "strong";
    case Confidence::kExact:
      return "exact";
  }
  return "unknown";
}

}  // namespace vallum::scan
