// SPDX-License-Identifier: Apache-2.0
#include "scan/content/text.h"

#include <algorithm>

namespace vallum::scan {
namespace {

constexpr std::string_view kSpaces = " \t";
constexpr std::string_view kSeparators = "/!";

}  // namespace

Result<std::string> ReadText(const Content& content) {
  if (content.size() > kMaxText) return ResourceExhausted("a text of more than 16 MiB is not read");
  const Bytes bytes = TRY(ReadUpTo(content, 0, static_cast<std::size_t>(content.size())));
  return std::string(AsText(bytes));
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

std::vector<std::string_view> WordsOf(std::string_view line) {
  std::vector<std::string_view> words;
  for (line = Trim(line); !line.empty(); line = Trim(line)) {
    const std::size_t end = std::min(line.find_first_of(kSpaces), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

std::string_view NameOf(std::string_view path) {
  return path.substr(path.find_last_of(kSeparators) + 1);
}

bool HasFolder(std::string_view path, std::string_view name) {
  while (true) {
    const std::size_t end = path.find_first_of(kSeparators);
    if (end == std::string_view::npos) return false;
    if (path.substr(0, end) == name) return true;
    path.remove_prefix(end + 1);
  }
}

}  // namespace vallum::scan
