// SPDX-License-Identifier: Apache-2.0
// A hard link may name a file that is hidden itself, or one of a lower layer. Then nothing was shown
// under the target's name: the links wait for the target, first in a second reading of the same layer
// and then in the layers below.
#include "scan/target/layer_walk.h"

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "scan/archive/tar_reader.h"
#include "scan/content/decompress.h"
#include "scan/target/overlay.h"

namespace vallum::scan {
namespace {

enum class Names : std::uint8_t { kLayer, kPlain };  // whether ".wh." means something

class LayerWalk {
 public:
  LayerWalk(const Walkers& walkers, Names names) : to_(walkers), names_(names) {}

  void Walk(const ImageLayer& layer) {
    const std::string label = layer.name.empty() ? "archive" : "layer " + layer.name;
    if (!layer.content) return to_.visitor.OnProblem(label, layer.content.error());
    shown_.clear();
    links_.clear();
    Report(label, ReadEntries(*layer.content, [this](TarReader& tar, const TarEntry& entry) {
             return OnEntry(tar, entry);
           }));
    ResolveLinks();
    if (!waiting_.empty()) {
      Report(label, ReadEntries(*layer.content, [this](TarReader& tar, const TarEntry& entry) {
               return OnWaitedFor(tar, entry);
             }));
    }
    overlay_.NextLayer();
  }

  void Finish() {
    for (const auto& [target, links] : waiting_) {
      for (const std::string& link : links) {
        to_.visitor.OnProblem(link, NotFound("a hard link to a file that the image does not have"));
      }
    }
  }

 private:
  template <typename OnOne>
  Status ReadEntries(const ContentPtr& content, OnOne on_one) {
    const Bytes head = TRY(ReadUpTo(*content, 0, kTarBlock));
    auto stream = TRY(Decompress(CompressionOf(head), StreamOf(content), to_.budget));
    TarReader tar(std::move(stream), to_.budget);
    while (auto entry = TRY(tar.Next())) TRY(on_one(tar, *entry));
    return {};
  }

  void Report(const std::string& label, const Status& status) {
    if (!status) to_.visitor.OnProblem(label, status.error());
  }

  Status OnEntry(TarReader& tar, const TarEntry& entry) {
    const std::string& path = entry.path.text;
    if (entry.path.climbed) {
      to_.visitor.OnProblem(path, InvalidArgument("its name in the layer leaves the image's root"));
    }
    if (path.empty()) return {};
    const Whiteout whiteout = names_ == Names::kLayer ? WhiteoutOf(path) : Whiteout{};
    if (whiteout.kind != Whiteout::Kind::kNone) {
      overlay_.Note(whiteout);
      return {};
    }
    const EntryRole role = entry.type == TarType::kFolder ? EntryRole::kFolder : EntryRole::kOther;
    const bool hidden = overlay_.Hides(path, role);
    if (!overlay_.Note(path, role)) Replace(path);
    return hidden ? Status() : ShowVisible(tar, entry);
  }

  /// A name that a layer has twice: the later entry counts.
  void Replace(const std::string& path) {
    to_.pool.Wait();
    to_.visitor.OnReplaced(path);
    shown_.erase(path);
    links_.erase(path);
  }

  Status ShowVisible(TarReader& tar, const TarEntry& entry) {
    const std::string& path = entry.path.text;
    switch (entry.type) {
      case TarType::kFile:
      case TarType::kOther:
        shown_.insert(path);
        return ShowBody(tar, entry, path);
      case TarType::kHardLink:
        links_[path] = TRY(ToInnerPath(entry.link, to_.budget.limits())).text;
        return {};
      case TarType::kSparse:
        to_.visitor.OnProblem(path,
                              Unsupported("a sparse entry of a tar archive is not put together"));
        return {};
      case TarType::kFolder:
      case TarType::kSymbolicLink:
      case TarType::kSpecial:
        break;
    }
    return {};
  }

  Status ShowBody(TarReader& tar, const TarEntry& entry, const std::string& path) {
    FileKind kind = FileKind::kEmpty;
    const auto wanted = [&](ByteSpan head) {
      kind = KindOf(head);
      return to_.unpacker.Wanted(path, head);
    };
    ContentPtr body = TRY(tar.Body(entry, wanted, to_.scratch));
    if (body == nullptr) {
      to_.visitor.OnCounted(kind, entry.size);
      return {};
    }
    to_.pool.Submit(
        [unpacker = &to_.unpacker, path, body = std::move(body)] { unpacker->Show(path, body); });
    return {};
  }

  void ResolveLinks() {
    for (const auto& [link, target] : links_) {
      if (shown_.contains(target)) {
        to_.visitor.OnAlias(link, target);
      } else if (const auto other = links_.find(target);
                 other != links_.end() && other->first != link) {
        to_.visitor.OnProblem(link, Unsupported("a hard link to a hard link"));
      } else {
        waiting_[target].push_back(link);
      }
    }
  }

  Status OnWaitedFor(TarReader& tar, const TarEntry& entry) {
    const auto found = waiting_.find(entry.path.text);
    if (found == waiting_.end() || entry.type != TarType::kFile) return {};
    const std::vector<std::string> links = std::move(found->second);
    waiting_.erase(found);
    TRY(ShowBody(tar, entry, links.front()));
    for (std::size_t other = 1; other < links.size(); ++other) {
      to_.visitor.OnAlias(links[other], links.front());
    }
    return {};
  }

  const Walkers& to_;
  const Names names_;
  Overlay overlay_;
  std::unordered_set<std::string> shown_;               // of this layer
  std::unordered_map<std::string, std::string> links_;  // of this layer, to their targets
  std::unordered_map<std::string, std::vector<std::string>> waiting_;  // by target
};

}  // namespace

void WalkLayers(const std::vector<ImageLayer>& layers, const Walkers& walkers) {
  LayerWalk walk(walkers, Names::kLayer);
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) walk.Walk(*layer);
  walk.Finish();
}

void WalkRootTar(const ContentPtr& archive, const Walkers& walkers) {
  LayerWalk walk(walkers, Names::kPlain);
  walk.Walk({"", archive});
  walk.Finish();
}

}  // namespace vallum::scan
