// SPDX-License-Identifier: Apache-2.0
#include "scan/host/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/file.h"
#include "base/secret.h"
#include "scan/config/config_detector.h"
#include "scan/target/folder.h"

namespace vallum::scan {
namespace {

constexpr std::size_t kMaxMaps = 32U << 20;
constexpr std::size_t kMaxName = 4096;
constexpr std::size_t kMaxEnvironment = 2U << 20;
constexpr std::size_t kFirstRead = 64U << 10;

/// A link of /proc; empty when there is none, as in a thread of the kernel.
Result<std::string> ReadLink(const std::filesystem::path& path) {
  std::string target(kMaxName, '\0');
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size < 0 && errno == ENOENT) return std::string();
  if (size < 0) return ErrnoError(errno, "reading " + path.string());
  target.resize(static_cast<std::size_t>(size));
  return target;
}

/// Other people's passwords stand there too: what was read is wiped.
Result<Facts> ReadEnvironment(const std::filesystem::path& path) {
  Bytes bytes = TRY(ReadProcFile(path, kMaxEnvironment));
  Facts facts;
  std::string_view rest = AsText(bytes);
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find('\0'));
    Facts more = DetectEnvironment(one);
    facts.insert(facts.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
  }
  Wipe(bytes.data(), bytes.size());
  return facts;
}

Result<ContentPtr> OpenContent(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.valid()) return ErrnoError(errno, "opening " + path.string());
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return ErrnoError(errno, "reading " + path.string());
  if (!S_ISREG(status.st_mode)) return InvalidArgument("what is mapped is no regular file");
  return FileContent(std::move(file), static_cast<std::uint64_t>(status.st_size));
}

}  // namespace

Result<Bytes> ReadProcFile(const std::filesystem::path& path, std::size_t max_bytes) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return ErrnoError(errno, "opening " + path.string());
  Bytes bytes(kFirstRead);
  std::size_t size = 0;
  while (true) {
    const ssize_t got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == ESRCH) return NotFound("the process has ended");
    if (got < 0) return ErrnoError(errno, "reading " + path.string());
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > max_bytes) return ResourceExhausted(path.string() + " is too large to read");
    if (size < bytes.size()) continue;
    Bytes larger(bytes.size() * 2);
    std::copy(bytes.begin(), bytes.end(), larger.begin());
    Wipe(bytes.data(), bytes.size());
    bytes = std::move(larger);
  }
  bytes.resize(size);
  return bytes;
}

Result<std::vector<std::uint32_t>> ListProcesses(const std::filesystem::path& proc) {
  const FolderPtr folder = TRY(Folder::Open(proc));
  std::vector<std::uint32_t> pids;
  for (const FolderName& one : TRY(folder->List())) {
    const char* const end = one.name.data() + one.name.size();
    std::uint32_t pid = 0;
    const auto parsed = std::from_chars(one.name.data(), end, pid);
    if (parsed.ec == std::errc() && parsed.ptr == end) pids.push_back(pid);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

Result<Process> ReadProcess(const std::filesystem::path& folder, std::uint32_t pid) {
  Process process{.pid = pid,
                  .name = {},
                  .executable = {},
                  .mount_namespace = {},
                  .files = {},
                  .environment = {}};
  process.name = AsText(TRY(ReadProcFile(folder / "comm", kMaxName)));
  if (process.name.ends_with('\n')) process.name.pop_back();
  process.executable = TRY(ReadLink(folder / "exe"));
  if (process.executable.empty()) return process;
  process.mount_namespace = TRY(ReadLink(folder / "ns/mnt"));
  process.files = TRY(ParseMaps(AsText(TRY(ReadProcFile(folder / "maps", kMaxMaps)))));
  process.environment = TRY(ReadEnvironment(folder / "environ"));
  return process;
}

Result<ContentPtr> OpenInRoot(const std::filesystem::path& folder, std::string_view path) {
  const FolderPtr root = TRY(Folder::Open(folder / "root"));
  return OpenBeneath(root, path.substr(std::min(path.find_first_not_of('/'), path.size())));
}

Result<ContentPtr> OpenMapped(const std::filesystem::path& folder, const MappedFile& file) {
  auto mapped = OpenContent(folder / "map_files" / file.range);
  if (mapped || file.deleted) return mapped;
  return OpenInRoot(folder, file.path);
}

}  // namespace vallum::scan
