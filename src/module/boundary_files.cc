// SPDX-License-Identifier: Apache-2.0
#include "module/boundary_files.h"

#include "base/file.h"
#include "ossl/digest.h"

namespace vallum::module {
namespace {

constexpr std::size_t kLargestFile = std::size_t{512} << 20;

bool SameFile(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

Result<std::string> HashOf(ossl::LibraryContext& context, const std::filesystem::path& path) {
  const Bytes content = TRY(ReadFile(path, kLargestFile));
  return ToHex(TRY(ossl::ComputeDigest(context, ossl::Hash::kSha256, {content})).span());
}

}  // namespace

void BoundaryFiles::Remember(std::span<const BoundaryObject> objects) {
  files_.clear();
  for (const BoundaryObject& object : objects) {
    File& file = files_.emplace_back();
    file.path = object.path;
    if (stat(object.path.c_str(), &file.loaded) != 0) file.loaded = {};
  }
}

std::vector<std::string> BoundaryFiles::Hashes(ossl::LibraryContext& context) {
  const std::lock_guard lock(mutex_);
  if (!hashes_.empty()) return hashes_;
  for (const File& file : files_) {
    const auto hash = HashOf(context, file.path);
    struct stat now {};
    const bool same = stat(file.path.c_str(), &now) == 0 && SameFile(now, file.loaded);
    hashes_.push_back(hash && same ? *hash : std::string());
  }
  return hashes_;
}

}  // namespace vallum::module
