// SPDX-License-Identifier: Apache-2.0
#include "vectors/files.h"

#include <bzlib.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace vallum::vectors {
namespace {

constexpr std::size_t kMaxText = 64 << 20;

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

/// Drains a decoder whose `read` fills a buffer and returns its size, 0 at the end, or less.
template <typename Read>
Result<std::string> Drain(const std::filesystem::path& path, Read read) {
  std::string text;
  std::array<char, 1 << 16> buffer;
  while (true) {
    const int got = read(buffer.data(), static_cast<int>(buffer.size()));
    if (got < 0) return Storage(fmt::format("{} is damaged", path.string()));
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > kMaxText) return Storage(fmt::format("{} is too large", path.string()));
  }
}

Result<std::string> ReadGzip(const std::filesystem::path& path) {
  std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (file == nullptr) return Storage(fmt::format("{} cannot be read", path.string()));
  return Drain(path, [&file](char* out, int size) {
    const int got = gzread(file.get(), out, static_cast<unsigned>(size));
    // A file that ends early is only reported here.
    int problem = Z_OK;
    gzerror(file.get(), &problem);
    return problem == Z_OK || problem == Z_STREAM_END ? got : -1;
  });
}

Result<std::string> ReadBzip2(const std::filesystem::path& path) {
  std::unique_ptr<BZFILE, decltype(&BZ2_bzclose)> file(BZ2_bzopen(path.c_str(), "rb"), BZ2_bzclose);
  if (file == nullptr) return Storage(fmt::format("{} cannot be read", path.string()));
  return Drain(path, [&file](char* out, int size) { return BZ2_bzread(file.get(), out, size); });
}

}  // namespace

std::optional<std::filesystem::path> VectorFolder() {
  const std::string_view named = Environment("VALLUM_VECTORS");
  const std::filesystem::path folder =
      named.empty() ? std::filesystem::path(VALLUM_SOURCE_DIR) / "../shared/vectors" : named;
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) return std::nullopt;
  return folder;
}

bool MissingIsFailure() {
  return Environment("CI") == "true" || Environment("VALLUM_VECTORS_REQUIRED") == "1";
}

Result<std::vector<std::string>> FileNames(const std::filesystem::path& folder) {
  std::error_code problem;
  std::vector<std::string> names;
  std::filesystem::directory_iterator entries(folder, problem);
  for (; !problem && entries != std::filesystem::directory_iterator(); entries.increment(problem)) {
    names.push_back(entries->path().filename().string());
  }
  if (problem) return Storage(fmt::format("{}: {}", folder.string(), problem.message()));
  std::ranges::sort(names);
  return names;
}

Result<std::string> ReadCompressed(const std::filesystem::path& path) {
  if (path.extension() == ".gz") return ReadGzip(path);
  if (path.extension() == ".bz2") return ReadBzip2(path);
  return Unsupported(fmt::format("{} is neither .gz nor .bz2", path.string()));
}

}  // namespace vallum::vectors
