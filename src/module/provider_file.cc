// SPDX-License-Identifier: Apache-2.0
// A damaged fips.so could crash before its own integrity test runs, because loading it runs its code.
// A CRC cannot stop an attacker, who could make the file run anything on load, but it turns a damaged
// file into a clear message; the cryptographic checks (the provider's HMAC over its file, then
// SHA-256 here) follow, before the module serves anything.
#include "module/provider_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "module/crc32.h"
#include "ossl/digest.h"

namespace vallum::module {
namespace {

constexpr std::size_t kLargestProvider = 64 << 20;

Error Differs(const std::filesystem::path& path, const ProviderProfile& profile,
              std::string_view what) {
  return Integrity(
      fmt::format("integrity:mismatch: {} is not the provider that profile {} pins: {}; reinstall "
                  "the file together with its profile, or pin another profile",
                  path.string(), profile.name, what));
}

Result<Bytes> ReadAll(int fd, const std::filesystem::path& path) {
  struct stat info {};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    return Integrity(fmt::format("{} is not a regular file", path.string()));
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > kLargestProvider) return Integrity(fmt::format("{} is too large", path.string()));
  Bytes content(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = pread(fd, content.data() + done, size - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return ErrnoError(errno, fmt::format("reading {}", path.string()));
    done += static_cast<std::size_t>(count);
  }
  return content;
}

Status CheckUnmoved(int fd, const std::filesystem::path& path, const ProviderProfile& profile) {
  struct stat opened {};
  struct stat named {};
  const bool same = fstat(fd, &opened) == 0 && stat(path.c_str(), &named) == 0 &&
                    opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
  if (same) return {};
  return Differs(path, profile, "the file was replaced while it was being loaded");
}

}  // namespace

Result<ProviderFile> ProviderFile::Open(const std::filesystem::path& path,
                                        const ProviderProfile& profile) {
  FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    return Integrity(fmt::format("integrity:unreadable: cannot open the FIPS provider: {}",
                                 ErrnoError(errno, path.string()).message()));
  }
  Bytes content = TRY(ReadAll(fd.get(), path));
  const std::string checksum = fmt::format("{:08x}", Crc32(content));
  if (checksum != profile.crc32) {
    return Differs(path, profile, fmt::format("its CRC-32 is {}, not {}", checksum, profile.crc32));
  }
  return ProviderFile(path, std::move(fd), std::move(content));
}

Status ProviderFile::CheckLoaded(ossl::LibraryContext& context,
                                 const ProviderProfile& profile) const {
  const auto digest = TRY(ossl::ComputeDigest(context, ossl::Hash::kSha256, {content_}));
  const std::string sha256 = ToHex(digest.span());
  if (sha256 != profile.sha256) {
    return Differs(path_, profile,
                   fmt::format("its SHA-256 is {}, not {}", sha256, profile.sha256));
  }
  const std::string version = TRY(context.ProviderVersion());
  if (version != profile.version) {
    return Differs(path_, profile,
                   fmt::format("it is version {}, not {}", version, profile.version));
  }
  return CheckUnmoved(fd_.get(), path_, profile);
}

}  // namespace vallum::module
