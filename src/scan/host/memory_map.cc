// SPDX-License-Identifier: Apache-2.0
#include "scan/host/memory_map.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "scan/content/text.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kDeleted = " (deleted)";
constexpr std::string_view kLineFeed = "\\012";  // the one byte that the kernel escapes
constexpr std::string_view kMemory = "/memfd:";
constexpr auto kNoFiles = std::to_array<std::string_view>({"/dev/", "/SYSV", "/[aio]", "/anon_"});

Error Damaged() { return InvalidArgument("a line of a process's memory map is damaged"); }

/// The next field of a line, taken off its front.
std::string_view TakeField(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view field = line.substr(0, line.find(' '));
  line.remove_prefix(field.size());
  return field;
}

std::string WithLineFeeds(std::string_view text) {
  std::string out;
  for (std::size_t at = text.find(kLineFeed); at != text.npos; at = text.find(kLineFeed)) {
    out.append(text.substr(0, at)).push_back('\n');
    text.remove_prefix(at + kLineFeed.size());
  }
  return out.append(text);
}

bool IsFile(std::string_view path) {
  return path.starts_with('/') &&
         std::none_of(kNoFiles.begin(), kNoFiles.end(),
                      [path](std::string_view begin) { return path.starts_with(begin); });
}

/// "BEGIN-END PERMS OFFSET DEVICE INODE   PATH"; the path stays empty when no file is behind it.
Result<MappedFile> ParseLine(std::string_view line) {
  MappedFile file;
  file.range = TakeField(line);
  TakeField(line);  // permissions
  TakeField(line);  // offset
  file.device = TakeField(line);
  const std::string_view inode = TakeField(line);
  const auto parsed = std::from_chars(inode.data(), inode.data() + inode.size(), file.inode);
  const bool whole = !inode.empty() && parsed.ptr == inode.data() + inode.size();
  if (!whole || parsed.ec != std::errc() || file.range.find('-') == std::string::npos) {
    return Damaged();
  }
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  if (!IsFile(line)) return file;
  if (line.ends_with(kDeleted)) {
    line.remove_suffix(kDeleted.size());
    file.deleted = !line.starts_with(kMemory);  // which never had a name
  }
  file.path = WithLineFeeds(line);
  return file;
}

}  // namespace

Result<std::vector<MappedFile>> ParseMaps(std::string_view text) {
  std::vector<MappedFile> files;
  std::set<std::pair<std::string, std::uint64_t>> seen;
  for (const std::string_view line : LinesOf(text)) {
    MappedFile file = TRY(ParseLine(line));
    if (file.path.empty() || !seen.emplace(file.device, file.inode).second) continue;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace vallum::scan
