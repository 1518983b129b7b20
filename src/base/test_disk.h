// SPDX-License-Identifier: Apache-2.0
// SmallDisk: a disk that is small enough to fill. For tests only.
#pragma once

#include <sys/mount.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/test_matchers.h"

namespace vallum {

/// SmallDisk is a file system of its own, in memory. Mounting one needs root: mounted() says whether
/// it worked.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& size) {
    const std::string options = "size=" + size;
    mounted_ = mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  bool MakeReadOnly() {
    return mount(nullptr, folder_.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path operator/(std::string_view name) const { return folder_ / name; }

 private:
  ScratchFolder folder_;
  bool mounted_ = false;
};

}  // namespace vallum
