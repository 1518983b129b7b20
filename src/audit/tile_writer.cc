// SPDX-License-Identifier: Apache-2.0
#include "audit/tile_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/file.h"

namespace vallum::audit {

namespace fs = std::filesystem;

Status StoreTile(const fs::path& folder, const std::string& path, std::span<const Hash> hashes) {
  const fs::path file = folder / path;
  const fs::path temporary =
      file.parent_path() / (std::string(kTemporaryPrefix) + file.filename().string());
  const std::string what = "writing " + file.string();
  TRY(CreatePrivateDirectories(file.parent_path()));
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
  const FileDescriptor opened(open(temporary.c_str(), flags, 0600));
  if (!opened.valid()) return ErrnoError(errno, what);
  const Status written = WriteAll(opened.get(), TileBytes(hashes), what);
  if (written && rename(temporary.c_str(), file.c_str()) == 0) return {};
  const Error error = written ? ErrnoError(errno, what) : written.error();
  unlink(temporary.c_str());
  return error;
}

bool IsTornTile(ByteSpan bytes, std::size_t width) {
  const std::vector<Hash> hashes = ParseTile(bytes, width);
  return hashes.empty() || std::find(hashes.begin(), hashes.end(), Hash{}) != hashes.end();
}

Status SyncFileSystem(const fs::path& folder) {
  const FileDescriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.valid()) return ErrnoError(errno, "opening " + folder.string());
  if (syncfs(opened.get()) != 0) return ErrnoError(errno, "syncing " + folder.string());
  return {};
}

}  // namespace vallum::audit
