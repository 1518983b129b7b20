// SPDX-License-Identifier: Apache-2.0
#include "scan/target/blob_store.h"

#include <string>
#include <unordered_map>

#include "scan/archive/tar_reader.h"

namespace vallum::scan {
namespace {

constexpr int kMaxLinks = 8;

struct TarIndex {
  std::unordered_map<std::string, ContentPtr> files;
  std::unordered_map<std::string, std::string> links;
};

/// The names that a packaging has; a root file system's hundred thousand are not kept.
bool MayBelongToPackaging(std::string_view path) {
  return path == "oci-layout" || path.starts_with("blobs/") || path.ends_with(".json") ||
         path.ends_with(".tar");
}

std::string LinkTarget(const TarEntry& entry) {
  if (entry.type == TarType::kHardLink) return entry.link;
  const std::size_t slash = entry.path.text.rfind('/');
  return slash == std::string::npos ? entry.link
                                    : entry.path.text.substr(0, slash + 1) + entry.link;
}

Result<ContentPtr> Find(const TarIndex& index, std::string_view path, const Limits& limits) {
  std::string name = TRY(ToInnerPath(path, limits)).text;
  for (int hops = 0; hops < kMaxLinks; ++hops) {
    if (const auto found = index.files.find(name); found != index.files.end()) return found->second;
    const auto link = index.links.find(name);
    if (link == index.links.end()) break;
    name = TRY(ToInnerPath(link->second, limits)).text;
  }
  return NotFound("the archive has no file of that name");
}

}  // namespace

BlobStore BlobsInFolder(FolderPtr folder) {
  return [folder = std::move(folder)](std::string_view path) { return OpenBeneath(folder, path); };
}

Result<BlobStore> BlobsInTar(const ContentPtr& archive, Budget& budget) {
  auto index = std::make_shared<TarIndex>();
  TarReader tar(StreamOf(archive), budget);
  const Scratch unused;
  while (auto entry = TRY(tar.Next())) {
    const std::string& path = entry->path.text;
    if (!MayBelongToPackaging(path)) continue;
    if (entry->type == TarType::kFile) {
      index->files[path] = TRY(tar.Body(
          *entry, [](ByteSpan) { return true; }, unused));
    } else if (entry->type == TarType::kSymbolicLink || entry->type == TarType::kHardLink) {
      index->links[path] = LinkTarget(*entry);
    }
  }
  return BlobStore([index, limits = budget.limits()](std::string_view path) {
    return Find(*index, path, limits);
  });
}

}  // namespace vallum::scan
