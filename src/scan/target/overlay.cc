// SPDX-License-Identifier: Apache-2.0
#include "scan/target/overlay.h"

namespace vallum::scan {
namespace {

constexpr std::string_view kPrefix = ".wh.", kReserved = ".wh..wh.", kOpaqueName = ".wh..wh..opq";

std::string_view ParentOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

}  // namespace

Whiteout WhiteoutOf(std::string_view path) {
  const std::string_view parent = ParentOf(path);
  const std::string_view name =
      parent.empty() ? path.substr(path.starts_with('/') ? 1 : 0) : path.substr(parent.size() + 1);
  if (!name.starts_with(kPrefix)) return {};
  if (name == kOpaqueName) return {Whiteout::Kind::kOpaque, std::string(parent)};
  const std::string_view removed = name.substr(kPrefix.size());
  if (name.starts_with(kReserved) || removed.empty()) return {Whiteout::Kind::kIgnored, ""};
  std::string full(parent);
  if (!full.empty()) full += '/';
  return {Whiteout::Kind::kPath, full.append(removed)};
}

bool Overlay::Hides(std::string_view path, EntryRole role) const {
  const auto marks_of = [this](std::string_view one) {
    const auto found = above_.find(std::string(one));
    return found == above_.end() ? 0 : found->second;
  };
  if (above_.empty()) return false;
  const int own = marks_of(path);
  if ((own & kCovered) != 0) return true;
  if (role != EntryRole::kFolder && (own & kFolder) != 0) return true;
  while (!path.empty()) {
    path = ParentOf(path);
    if ((marks_of(path) & (kCovered | kOpaque)) != 0) return true;
  }
  return false;
}

void Overlay::NoteParents(std::string_view path, Marks& marks) {
  while (!(path = ParentOf(path)).empty()) {
    std::uint8_t& mark = marks[std::string(path)];
    if ((mark & kFolder) != 0) return;
    mark |= kFolder;
  }
}

bool Overlay::Note(const std::string& path, EntryRole role) {
  NoteParents(path, current_);
  const std::uint8_t mark = role == EntryRole::kFolder ? kFolder : kCovered;
  const auto [found, is_new] = current_.try_emplace(path, mark);
  if (is_new) return true;
  const bool replaces = found->second != kFolder || mark != kFolder;
  found->second = mark;
  return !replaces;
}

void Overlay::Note(const Whiteout& whiteout) {
  if (whiteout.kind == Whiteout::Kind::kPath) removed_[whiteout.path] |= kCovered;
  if (whiteout.kind == Whiteout::Kind::kOpaque) removed_[whiteout.path] |= kOpaque;
}

void Overlay::NextLayer() {
  for (Marks* marks : {&current_, &removed_}) {
    for (auto& [path, mark] : *marks) above_[path] |= mark;
    marks->clear();
  }
}

}  // namespace vallum::scan
