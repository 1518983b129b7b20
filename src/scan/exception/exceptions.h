// SPDX-License-Identifier: Apache-2.0
// Findings that somebody has accepted, for a reason and until a day (docs/scan.md, "Exceptions").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scan/certificate/date.h"
#include "scan/rule/evaluate.h"

namespace vallum::scan {

struct Exception {
  std::string rule;
  std::string path;    ///< a pattern as a shell has it; "*" goes across slashes
  std::string sha256;  ///< hexadecimal; empty: any content
  std::string reason;
  std::string owner;
  Day expires;

  bool Covers(const Finding& finding) const;
};

/// Exceptions last a year at most.
inline constexpr int kLongestException = 366;

/// ParseExceptions is kInvalidArgument, with what is wrong, when the text is not in the form, a rule does not
/// exist, a member is missing or empty, or one lasts longer than a year from `as_of`. One exception names a
/// path, a sha256, or both.
Result<std::vector<Exception>> ParseExceptions(std::string_view json, Day as_of);

/// Accept moves the findings that an exception covers to `evaluation.accepted`. An exception that has expired
/// covers nothing and is a finding itself.
void Accept(const std::vector<Exception>& exceptions, Day as_of, Evaluation& evaluation);

}  // namespace vallum::scan
