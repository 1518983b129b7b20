// SPDX-License-Identifier: Apache-2.0
// For tests: searches all writable memory of a process, stacks of every thread included, for pieces of
// a secret. Never part of a product.
//
//   MemoryScan scan(key.span());            // keeps the key inverted, so that it does not find itself
//   key = SecretBytes();
//   EXPECT_THAT(scan.InThisProcess(), testing::IsEmpty());
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"

namespace vallum {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/// The sanitizers keep freed memory and shadow memory of their own; such builds skip the searches.
inline constexpr bool kMemoryIsOurs = false;
#else
inline constexpr bool kMemoryIsOurs = true;
#endif

/// MemoryScan looks for every 16 consecutive bytes of a secret, forwards and backwards (big numbers
/// are stored backwards).
class MemoryScan {
 public:
  static constexpr std::size_t kWindow = 16;
  using Hits = std::vector<std::string>;  ///< where, never what

  MemoryScan() { Map(); }
  explicit MemoryScan(ByteSpan secret) : MemoryScan() { Add(secret); }
  MemoryScan(const MemoryScan&) = delete;
  MemoryScan& operator=(const MemoryScan&) = delete;
  ~MemoryScan() { munmap(buffer_, kBufferSize); }

  /// Add searches for `secret` too, but not for what it has in common with `known`.
  void Add(ByteSpan secret, ByteSpan known = {}) {
    std::unordered_set<Window, Hash> skipped;
    for (std::size_t i = 0; i + kWindow <= known.size(); ++i) skipped.insert(Inverted(known, i));
    for (std::size_t i = 0; i + kWindow <= secret.size(); ++i) {
      Window window = Inverted(secret, i);
      if (skipped.contains(window)) continue;
      Insert(window);
      std::ranges::reverse(window);
      Insert(window);
    }
  }

  /// InThisProcess searches this process's writable memory.
  Hits InThisProcess() {
    return InProcess("self", [](const std::string&) { return true; });
  }

  /// InProcess searches that of `pid`, in the mappings whose line in smaps' VmFlags `wanted` accepts.
  Hits InProcess(const std::string& pid, const std::function<bool(const std::string&)>& wanted) {
    Hits hits;
    const int memory = open(("/proc/" + pid + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
    if (memory < 0) return {"the memory cannot be read"};
    std::ifstream maps("/proc/" + pid + "/smaps");
    std::string mapping;
    for (std::string line; std::getline(maps, line);) {
      if (IsWritableMapping(line)) mapping = line;
      if (!line.starts_with("VmFlags:") || mapping.empty()) continue;
      if (wanted(line)) SearchMapping(memory, mapping, hits);
      mapping.clear();
    }
    close(memory);
    Wipe(buffer_, kBufferSize);
    return hits;
  }

  /// InFile searches a file, a core dump for instance.
  Hits InFile(const std::string& path) {
    Hits hits;
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return {"the file cannot be read"};
    Search(file, 0, static_cast<std::uint64_t>(lseek(file, 0, SEEK_END)), path, hits);
    close(file);
    Wipe(buffer_, kBufferSize);
    return hits;
  }

 private:
  using Window = std::array<std::uint8_t, kWindow>;
  struct Hash {
    std::size_t operator()(const Window& window) const {
      std::size_t hash = 0;
      for (const std::uint8_t byte : window) hash = hash * 0x100000001b3 ^ byte;
      return hash;
    }
  };
  static constexpr std::size_t kBufferSize = std::size_t{1} << 20;

  void Map() {
    void* pages =
        mmap(nullptr, kBufferSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    buffer_ = static_cast<std::uint8_t*>(pages);
  }

  static Window Inverted(ByteSpan bytes, std::size_t at) {
    Window window;
    for (std::size_t i = 0; i < kWindow; ++i) window[i] = static_cast<std::uint8_t>(~bytes[at + i]);
    return window;
  }

  void Insert(const Window& window) {
    windows_.insert(window);
    prefixes_[static_cast<std::size_t>((window[0] << 8 | window[1]) ^ 0xffff)] = 1;
  }

  static bool IsWritableMapping(const std::string& line) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::array<char, 5> rights{};
    const int fields = std::sscanf(  // NOLINT: the kernel's own format
        line.c_str(), "%lx-%lx %4s ", &begin, &end, rights.data());
    return fields == 3 && rights[0] == 'r' && rights[1] == 'w';
  }

  void SearchMapping(int memory, const std::string& line, Hits& hits) {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::sscanf(line.c_str(), "%lx-%lx", &begin, &end);  // NOLINT: checked above
    const auto own = reinterpret_cast<std::uint64_t>(buffer_);
    if (begin < own && own < end) Search(memory, begin, own, line, hits);
    if (begin <= own && own < end) begin = own + kBufferSize;
    if (begin < end) Search(memory, begin, end, line, hits);
  }

  void Search(int file, std::uint64_t begin, std::uint64_t end, const std::string& where,
              Hits& hits) {
    while (begin + kWindow <= end) {
      const std::uint64_t wanted = std::min<std::uint64_t>(kBufferSize, end - begin);
      const ssize_t got = pread(file, buffer_, wanted, static_cast<off_t>(begin));
      if (got < static_cast<ssize_t>(kWindow)) return;
      const auto last = static_cast<std::size_t>(got) - kWindow;
      // Plain pointers: this runs over all memory, in builds without optimisation too.
      const std::uint8_t* const possible = prefixes_.data();
      for (const std::uint8_t* byte = buffer_; byte <= buffer_ + last; ++byte) {
        if (possible[byte[0] << 8 | byte[1]] == 0) continue;
        const auto at = static_cast<std::size_t>(byte - buffer_);
        if (!windows_.contains(Inverted({buffer_, kBufferSize}, at))) continue;
        hits.push_back(fmt::format("{:x} in {}", begin + at, where));
      }
      begin += last + 1;
    }
  }

  std::uint8_t* buffer_ = nullptr;
  std::unordered_set<Window, Hash> windows_;
  std::vector<std::uint8_t> prefixes_ = std::vector<std::uint8_t>(65536);  // of two bytes, plain
};

}  // namespace vallum
