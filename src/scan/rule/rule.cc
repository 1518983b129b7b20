// SPDX-License-Identifier: Apache-2.0
#include "scan/rule/rule.h"

namespace vallum::scan {

std::string_view RuleClassName(RuleClass rule_class) {
  switch (rule_class) {
    case RuleClass::kBypass:
      return "bypass";
    case RuleClass::kUnvalidated:
      return "unvalidated";
    case RuleClass::kInactive:
      return "inactive";
    case RuleClass::kExpired:
      return "expired";
    case RuleClass::kContradiction:
      return "contradiction";
    case RuleClass::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kLow:
      return "low";
    case Severity::kMedium:
      return "medium";
    case Severity::kHigh:
      return "high";
    case Severity::kCritical:
      return "critical";
  }
  return "unknown";
}

std::optional<Severity> ParseSeverity(std::string_view name) {
  for (const Severity one :
       {Severity::kInfo, Severity::kLow, Severity::kMedium, Severity::kHigh, Severity::kCritical}) {
    if (SeverityName(one) == name) return one;
  }
  return std::nullopt;
}

}  // namespace vallum::scan
