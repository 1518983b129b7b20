// SPDX-License-Identifier: Apache-2.0
// Overlay: which files of a lower layer can still be seen (OCI image specification, "Image Layer
// Filesystem Changeset"). Layers are read from the top down, so each is read once and what is hidden
// is never looked at.
//
//   Overlay overlay;
//   for (each layer, topmost first) {
//     for (each entry) { if (!overlay.Hides(path, is_folder)) Look(...); overlay.Note(path, what); }
//     overlay.NextLayer();
//   }
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace vallum::scan {

enum class EntryRole : std::uint8_t { kFolder, kOther };

/// Whiteout is what a name of a layer removes from the layers below it.
struct Whiteout {
  enum class Kind : std::uint8_t { kNone, kPath, kOpaque, kIgnored };
  Kind kind = Kind::kNone;
  std::string path;  ///< the removed path, or the folder whose lower content is hidden
};
/// WhiteoutOf reads ".wh.name" (kPath) and ".wh..wh..opq" (kOpaque). Other names that begin with
/// ".wh..wh." are housekeeping of an old file system: kIgnored.
Whiteout WhiteoutOf(std::string_view path);

/// Overlay is used by one thread.
class Overlay {
 public:
  /// Hides says whether what stands above this layer hides `path`.
  bool Hides(std::string_view path, EntryRole role) const;
  /// Note records an entry of the current layer. It returns false when the layer had it already.
  bool Note(const std::string& path, EntryRole role);
  void Note(const Whiteout& whiteout);
  /// NextLayer makes what was noted count for the layers below.
  void NextLayer();

 private:
  enum Mark : std::uint8_t { kFolder = 1, kCovered = 2, kOpaque = 4 };
  using Marks = std::unordered_map<std::string, std::uint8_t>;
  static void NoteParents(std::string_view path, Marks& marks);
  Marks above_;
  Marks current_;
  Marks removed_;  ///< by whiteouts of the current layer, which do not touch it itself
};

}  // namespace vallum::scan
