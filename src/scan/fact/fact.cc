// SPDX-License-Identifier: Apache-2.0
#include "scan/fact/fact.h"

namespace vallum::scan {

std::string_view FactKindName(FactKind kind) {
  switch (kind) {
    case FactKind::kIsLibrary:
      return "is-library";
    case FactKind::kContains:
      return "contains";
    case FactKind::kNeeds:
      return "needs";
    case FactKind::kFipsModule:
      return "fips-module";
    case FactKind::kGoBuild:
      return "go-build";
    case FactKind::kGoFipsOn:
      return "go-fips-on";
    case FactKind::kGoFipsOff:
      return "go-fips-off";
    case FactKind::kGoNoBuildInfo:
      return "go-no-build-info";
    case FactKind::kGoBoring:
      return "go-boring";
    case FactKind::kGoOtherCrypto:
      return "go-other-crypto";
    case FactKind::kGoLabelOnly:
      return "go-label-only";
  }
  return "unknown";
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
