// SPDX-License-Identifier: Apache-2.0
#include "scan/target/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace vallum::scan {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
// O_NONBLOCK: a pipe that took the place of a file must not stop the scan.
constexpr int kFileFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
constexpr auto kKernelViews = std::to_array<long>(
    {PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,
     TRACEFS_MAGIC, SECURITYFS_MAGIC, BPF_FS_MAGIC, DEVPTS_SUPER_MAGIC});

NameType TypeOfMode(mode_t mode) {
  if (S_ISREG(mode)) return NameType::kFile;
  if (S_ISDIR(mode)) return NameType::kFolder;
  return S_ISLNK(mode) ? NameType::kSymbolicLink : NameType::kSpecial;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

Result<FolderPtr> Folder::Open(const std::filesystem::path& path) {
  FileDescriptor folder(::open(path.c_str(), kFolderFlags));
  if (!folder.valid()) return ErrnoError(errno, "opening " + path.string());
  return FolderPtr(new Folder(std::move(folder)));
}

Result<FolderPtr> Folder::OpenFolder(const std::string& name) const {
  FileDescriptor folder(::openat(folder_.get(), name.c_str(), kFolderFlags | O_NOFOLLOW));
  if (!folder.valid()) return ErrnoError(errno, "opening a folder");
  return FolderPtr(new Folder(std::move(folder)));
}

Result<ContentPtr> Folder::OpenFile(const std::string& name) const {
  FileDescriptor file(::openat(folder_.get(), name.c_str(), kFileFlags));
  if (!file.valid()) return ErrnoError(errno, "opening a file");
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return ErrnoError(errno, "reading a file's size");
  if (!S_ISREG(status.st_mode)) return InvalidArgument("it is no regular file");
  return FileContent(std::move(file), static_cast<std::uint64_t>(status.st_size));
}

Result<NameType> Folder::TypeOf(const char* name, unsigned char hint) const {
  if (hint != DT_UNKNOWN) return TypeOfMode(DTTOIF(hint));
  struct stat status = {};
  if (::fstatat(folder_.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return ErrnoError(errno, "reading the type of a file");
  }
  return TypeOfMode(status.st_mode);
}

Result<std::vector<FolderName>> Folder::List() const {
  FileDescriptor copy(::openat(folder_.get(), ".", kFolderFlags));
  if (!copy.valid()) return ErrnoError(errno, "opening a folder");
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(copy.get()));
  if (folder == nullptr) return ErrnoError(errno, "listing a folder");
  copy.Release();
  std::vector<FolderName> names;
  while (true) {
    errno = 0;
    const dirent* one = ::readdir(folder.get());
    if (one == nullptr && errno != 0) return ErrnoError(errno, "listing a folder");
    if (one == nullptr) return names;
    const std::string_view name = one->d_name;
    if (name == "." || name == "..") continue;
    const auto type = TypeOf(one->d_name, one->d_type);
    // It went away meanwhile: then it is not there. Anything else comes out when it is opened.
    if (!type && type.error().code() == Code::kNotFound) continue;
    names.push_back({std::string(name), type ? *type : NameType::kFile});
  }
}

bool Folder::IsKernelView() const {
  struct statfs status = {};
  if (::fstatfs(folder_.get(), &status) != 0) return false;
  return std::find(kKernelViews.begin(), kKernelViews.end(), status.f_type) != kKernelViews.end();
}

Result<ContentPtr> OpenBeneath(const FolderPtr& root, std::string_view path) {
  FolderPtr folder = root;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string name(path.substr(0, slash));
    if (name.empty() || name == "." || name == "..") {
      return InvalidArgument("a path within the target has an empty, \".\" or \"..\" part");
    }
    if (slash == std::string_view::npos) return folder->OpenFile(name);
    folder = TRY(folder->OpenFolder(name));
    path.remove_prefix(slash + 1);
  }
}

}  // namespace vallum::scan
