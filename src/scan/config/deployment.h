// SPDX-License-Identifier: Apache-2.0
// Files that say which containers run: Compose, Kubernetes, the values of a Helm chart. They are read line by
// line: what a template makes of them is not known here.
#pragma once

#include <string_view>

#include "scan/fact/fact.h"

namespace vallum::scan {

/// IsDeployment knows them by their ends alone: what is no deployment says nothing.
bool IsDeployment(std::string_view path);

/// ReadDeployment finds images that are not named by a digest, and variables that switch FIPS mode. Empty for
/// other YAML.
Facts ReadDeployment(std::string_view path, std::string_view text);

}  // namespace vallum::scan
