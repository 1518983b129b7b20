// SPDX-License-Identifier: Apache-2.0
#include "scan/target/overlay.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <vector>

namespace vallum::scan {
namespace {

using testing::ElementsAre;

/// "d" is a folder when it ends with a slash.
using Layer = std::vector<std::string>;

/// What can be seen, as "path@layer", by the class under test: layers are given lowest first.
std::set<std::string> Visible(const std::vector<Layer>& layers) {
  Overlay overlay;
  std::set<std::string> seen;
  for (std::size_t at = layers.size(); at-- > 0;) {
    for (std::string path : layers[at]) {
      const Whiteout whiteout = WhiteoutOf(path);
      if (whiteout.kind != Whiteout::Kind::kNone) {
        overlay.Note(whiteout);
        continue;
      }
      const bool folder = path.ends_with('/');
      if (folder) path.pop_back();
      const EntryRole role = folder ? EntryRole::kFolder : EntryRole::kOther;
      if (!folder && !overlay.Hides(path, role)) seen.insert(path + "@" + std::to_string(at));
      overlay.Note(path, role);
    }
    overlay.NextLayer();
  }
  return seen;
}

TEST(OverlayTest, TheUpperFileHidesTheLower) {
  EXPECT_THAT(Visible({{"a", "b"}, {"a"}}), ElementsAre("a@1", "b@0"));
}

TEST(OverlayTest, AWhiteoutRemovesAFileOrAWholeFolderFromBelow) {
  EXPECT_THAT(Visible({{"a", "d/x", "d/e/y", "dx"}, {".wh.a", ".wh.d"}}), ElementsAre("dx@0"));
  EXPECT_THAT(Visible({{"d/a", "d/b"}, {"d/.wh.a"}}), ElementsAre("d/b@0"));
}

TEST(OverlayTest, AWhiteoutDoesNotTouchItsOwnLayer) {
  EXPECT_THAT(Visible({{"d/x"}, {".wh.d", "d/y"}}), ElementsAre("d/y@1"));
  EXPECT_THAT(Visible({{"d/x"}, {"d/y", ".wh.d"}}), ElementsAre("d/y@1"));
}

TEST(OverlayTest, AnOpaqueFolderHidesWhatLiesBelowIt) {
  EXPECT_THAT(Visible({{"d/x", "d/e/z", "f"}, {"d/", "d/.wh..wh..opq", "d/y"}}),
              ElementsAre("d/y@1", "f@0"));
  EXPECT_THAT(Visible({{"x"}, {".wh..wh..opq", "y"}}), ElementsAre("y@1"));
}

TEST(OverlayTest, AFileInPlaceOfAFolderHidesWhatWasInIt) {
  EXPECT_THAT(Visible({{"d/x"}, {"d"}}), ElementsAre("d@1"));
}

TEST(OverlayTest, AFolderInPlaceOfAFileHidesTheFile) {
  EXPECT_THAT(Visible({{"d"}, {"d/"}}), ElementsAre());
  EXPECT_THAT(Visible({{"d"}, {"d/x"}}), ElementsAre("d/x@1"));
}

TEST(OverlayTest, AFolderInBothLayersShowsBoth) {
  EXPECT_THAT(Visible({{"d/", "d/x"}, {"d/", "d/y"}}), ElementsAre("d/x@0", "d/y@1"));
}

TEST(OverlayTest, OldHousekeepingNamesMeanNothing) {
  EXPECT_THAT(Visible({{"a"}, {".wh..wh.plnk/1.2", ".wh..wh.orph", ".wh."}}),
              ElementsAre(".wh..wh.plnk/1.2@1", "a@0"));
}

TEST(OverlayTest, NoteTellsANameThatTheLayerHasTwice) {
  Overlay overlay;
  EXPECT_TRUE(overlay.Note("a", EntryRole::kOther));
  EXPECT_FALSE(overlay.Note("a", EntryRole::kOther));
  EXPECT_TRUE(overlay.Note("d", EntryRole::kFolder));
  EXPECT_TRUE(overlay.Note("d", EntryRole::kFolder));
  EXPECT_TRUE(overlay.Note("e/f", EntryRole::kOther));
  EXPECT_TRUE(overlay.Note("e", EntryRole::kFolder));
}

/// The plain way: unpack the layers one over the other, lowest first.
std::set<std::string> Unpacked(const std::vector<Layer>& layers) {
  std::map<std::string, std::size_t> files;
  const auto remove_under = [&files](const std::string& folder) {
    std::erase_if(files, [&](const auto& one) {
      return folder.empty() || one.first.starts_with(folder + "/");
    });
  };
  for (std::size_t at = 0; at < layers.size(); ++at) {
    for (const std::string& name : layers[at]) {
      const Whiteout whiteout = WhiteoutOf(name);
      if (whiteout.kind == Whiteout::Kind::kPath) files.erase(whiteout.path);
      if (whiteout.kind != Whiteout::Kind::kNone) remove_under(whiteout.path);
    }
    for (const std::string& name : layers[at]) {
      if (WhiteoutOf(name).kind != Whiteout::Kind::kNone) continue;
      for (std::size_t slash = name.find('/'); slash != std::string::npos;
           slash = name.find('/', slash + 1)) {
        files.erase(name.substr(0, slash));
      }
      if (name.ends_with('/')) continue;
      remove_under(name);
      files[name] = at;
    }
  }
  std::set<std::string> seen;
  for (const auto& [path, at] : files) seen.insert(path + "@" + std::to_string(at));
  return seen;
}

rc::Gen<std::string> AnyPath() {
  return rc::gen::map(rc::gen::container<std::vector<int>>(3, rc::gen::inRange(0, 2)),
                      [](const std::vector<int>& parts) {
                        std::string path;
                        for (const int part : parts)
                          path += std::string(path.empty() ? "" : "/") + "ab"[part];
                        return path.substr(0,
                                           1 + 2 * static_cast<std::size_t>(parts[0] + parts[2]));
                      });
}

/// A layer in which no name is both a file and a folder.
rc::Gen<Layer> AnyLayer() {
  const auto entries = rc::gen::container<std::vector<std::pair<int, std::string>>>(
      rc::gen::pair(rc::gen::inRange(0, 5), AnyPath()));
  return rc::gen::map(entries, [](const std::vector<std::pair<int, std::string>>& all) {
    std::set<std::string> files, folders;
    Layer layer;
    for (const auto& [what, path] : all) {
      const std::size_t slash = path.rfind('/');
      const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash + 1);
      if (what == 0) layer.push_back(folder + ".wh." + path.substr(folder.size()));
      if (what == 1) layer.push_back(folder + ".wh..wh..opq");
      if (what <= 1) continue;
      bool clash =
          what == 2 ? files.contains(path) : folders.contains(path) || files.contains(path);
      std::vector<std::string> parents;
      for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
        parents.push_back(path.substr(0, at));
        clash = clash || files.contains(parents.back());
      }
      if (clash) continue;
      folders.insert(parents.begin(), parents.end());
      (what == 2 ? folders : files).insert(path);
      layer.push_back(what == 2 ? path + "/" : path);
    }
    return layer;
  });
}

RC_GTEST_PROP(OverlayPropertyTest, SeesWhatUnpackingWouldLeave, ()) {
  const auto layers = *rc::gen::container<std::vector<Layer>>(AnyLayer());
  RC_ASSERT(Visible(layers) == Unpacked(layers));
}

}  // namespace
}  // namespace vallum::scan
