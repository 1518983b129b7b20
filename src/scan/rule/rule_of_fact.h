// SPDX-License-Identifier: Apache-2.0
// Which rule a fact falls under, as far as its own file decides. Private to the folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scan/rule/evaluate.h"
#include "scan/rule/rule.h"

namespace vallum::scan {

/// RuleOfKind is for facts that are a finding each.
std::optional<RuleId> RuleOfKind(FactKind kind);
/// RuleOfBuiltIn: the file has a library built in. Nothing when another of its facts says more.
std::optional<RuleId> RuleOfBuiltIn(const FileFacts& file, const Fact& fact);
/// RuleOfBroughtAlong: the file is a library in a wheel or a Java archive.
std::optional<RuleId> RuleOfBroughtAlong(const FileFacts& file);
RuleId RuleOfCrate(std::string_view crate);

/// ApplicationOf is what runs as one: the outermost archive, or else the folder.
std::string ApplicationOf(std::string_view path);

}  // namespace vallum::scan
