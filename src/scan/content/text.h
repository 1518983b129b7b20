// SPDX-License-Identifier: Apache-2.0
// Small texts: sources, package metadata, configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scan/content/content.h"

namespace vallum::scan {

inline constexpr std::uint64_t kMaxText = 16ULL << 20;

/// ReadText is kResourceExhausted for more than kMaxText bytes.
Result<std::string> ReadText(const Content& content);
/// LinesOf cuts at line feeds and drops carriage returns. The views are into `text`.
std::vector<std::string_view> LinesOf(std::string_view text);
/// Trim removes spaces and tabs at both ends.
std::string_view Trim(std::string_view text);
/// WordsOf cuts at spaces and tabs.
std::vector<std::string_view> WordsOf(std::string_view line);

/// NameOf is what follows the last slash or the last "!" of a path.
std::string_view NameOf(std::string_view path);
/// HasFolder says whether one of the path's folders is called `name`; in an archive too.
bool HasFolder(std::string_view path, std::string_view name);

}  // namespace vallum::scan
