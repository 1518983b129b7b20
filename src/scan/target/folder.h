// SPDX-License-Identifier: Apache-2.0
// Folder: a folder of this machine, opened once, in which names are looked up without ever following a
// symbolic link, so that nothing outside of it can be reached, whoever changes it meanwhile.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "scan/content/content.h"

namespace vallum::scan {

enum class NameType : std::uint8_t { kFile, kFolder, kSymbolicLink, kSpecial };

struct FolderName {
  std::string name;
  NameType type;
};

/// Folder may be used from several threads at once, apart from List.
class Folder {
 public:
  /// Open follows links: the caller named this path. kNotFound, kStorage.
  static Result<std::shared_ptr<const Folder>> Open(const std::filesystem::path& path);
  /// OpenFolder opens a folder in this one.
  Result<std::shared_ptr<const Folder>> OpenFolder(const std::string& name) const;
  /// OpenFile opens a regular file in this folder. What is none (any more) is kInvalidArgument.
  Result<ContentPtr> OpenFile(const std::string& name) const;
  /// List names what is in the folder, in no order, without "." and "..".
  Result<std::vector<FolderName>> List() const;
  /// IsKernelView says whether the folder stands on procfs, sysfs and the like, which hold no files.
  bool IsKernelView() const;

 private:
  explicit Folder(FileDescriptor folder) : folder_(std::move(folder)) {}
  Result<NameType> TypeOf(const char* name, unsigned char hint) const;
  const FileDescriptor folder_;
};

using FolderPtr = std::shared_ptr<const Folder>;

/// OpenBeneath opens a file at a relative path under `root`.
Result<ContentPtr> OpenBeneath(const FolderPtr& root, std::string_view path);

}  // namespace vallum::scan
