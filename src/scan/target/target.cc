// SPDX-License-Identifier: Apache-2.0
#include "scan/target/target.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "scan/archive/tar_header.h"
#include "scan/content/decompress.h"
#include "scan/target/blob_store.h"
#include "scan/target/folder.h"
#include "scan/target/folder_walk.h"
#include "scan/target/image.h"
#include "scan/target/layer_walk.h"
#include "scan/target/unpacker.h"
#include "scan/target/work_pool.h"

namespace vallum::scan {
namespace {

void WalkImage(const Image& image, const Walkers& walkers) {
  for (const std::string& assignment : image.environment) walkers.visitor.OnEnvironment(assignment);
  for (const std::string& other : image.left_out) {
    walkers.visitor.OnProblem("image " + other, Unsupported("another image or platform in the same "
                                                            "packaging; it was not looked at"));
  }
  WalkLayers(image.layers, walkers);
}

Result<TargetType> WalkFolderTarget(const std::filesystem::path& target, const Walkers& walkers) {
  const FolderPtr folder = TRY(Folder::Open(target));
  const auto image = TRY(ReadImage(BlobsInFolder(folder)));
  if (image) {
    WalkImage(*image, walkers);
    return TargetType::kImage;
  }
  WalkFolder(folder, walkers.budget.limits(), walkers.unpacker, walkers.visitor, walkers.pool);
  return TargetType::kFolder;
}

/// The content itself, or what it unpacks to when that is a tar archive: its end is wanted first.
Result<ContentPtr> UnpackedTar(ContentPtr content, const Walkers& walkers) {
  const Bytes head = TRY(ReadUpTo(*content, 0, kTarBlock));
  const Compression compression = CompressionOf(head);
  if (compression == Compression::kNone) return content;
  auto stream = TRY(Decompress(compression, StreamOf(content), walkers.budget));
  Bytes inner(kTarBlock);
  inner.resize(TRY(ReadFull(*stream, inner)));
  if (!IsTarHeader(inner)) return content;
  return KeepAll(*stream, inner, walkers.scratch);
}

Result<TargetType> WalkFileTarget(const std::filesystem::path& target, const Walkers& walkers) {
  FileDescriptor file(::open(target.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.valid()) return ErrnoError(errno, "opening " + target.string());
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return ErrnoError(errno, "reading " + target.string());
  if (!S_ISREG(status.st_mode)) {
    return InvalidArgument(target.string() + " is neither a file nor a folder");
  }
  const ContentPtr content =
      FileContent(std::move(file), static_cast<std::uint64_t>(status.st_size));
  const ContentPtr unpacked = TRY(UnpackedTar(content, walkers));
  if (!IsTarHeader(TRY(ReadUpTo(*unpacked, 0, kTarBlock)))) {
    walkers.unpacker.Show(target.filename().string(), content);
    return TargetType::kFile;
  }
  const auto blobs = BlobsInTar(unpacked, walkers.budget);
  const auto image = blobs ? ReadImage(*blobs) : Result<std::optional<Image>>(blobs.error());
  if (image && *image) {
    WalkImage(**image, walkers);
    return TargetType::kImage;
  }
  // Damaged: what there is of it is shown, and the walk meets the damage again and tells it.
  WalkRootTar(unpacked, walkers);
  return TargetType::kRootArchive;
}

}  // namespace

std::string_view TargetTypeName(TargetType type) {
  switch (type) {
    case TargetType::kFolder:
      return "folder";
    case TargetType::kImage:
      return "image";
    case TargetType::kRootArchive:
      return "root archive";
    case TargetType::kFile:
      return "file";
    case TargetType::kHost:
      return "host";
  }
  return "unknown";
}

Result<TargetType> WalkTarget(const std::filesystem::path& target, const WalkOptions& options,
                              Visitor& visitor) {
  Budget budget(options.limits);
  Unpacker unpacker(budget, options.scratch, visitor);
  WorkPool pool(options.threads);
  const Walkers walkers{budget, options.scratch, unpacker, visitor, pool};
  std::error_code unknown;
  auto type = std::filesystem::is_directory(target, unknown) ? WalkFolderTarget(target, walkers)
                                                             : WalkFileTarget(target, walkers);
  pool.Wait();
  return type;
}

}  // namespace vallum::scan
