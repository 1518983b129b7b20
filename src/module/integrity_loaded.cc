// SPDX-License-Identifier: Apache-2.0
// Readability is asked with writev(2) to a pipe: it needs neither /proc nor ptrace permissions, which
// containers, gVisor and processes that are not dumpable lack.
#include "module/integrity_loaded.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/file.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace vallum::module {
namespace {

constexpr std::size_t kPageSize = 4096;  // or a part of a page, where pages are larger
constexpr std::size_t kPagesAtOnce = 512;

struct Search {
  std::uintptr_t address;
  bool found = false;
  std::uintptr_t base = 0;
  std::string path;
  std::vector<Elf64_Phdr> headers;
};

bool Contains(const dl_phdr_info& object, std::uintptr_t address) {
  for (std::size_t i = 0; i < object.dlpi_phnum; ++i) {
    const auto& header = object.dlpi_phdr[i];
    const std::uintptr_t begin = object.dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_LOAD && address >= begin && address - begin < header.p_memsz) {
      return true;
    }
  }
  return false;
}

int Visit(dl_phdr_info* object, std::size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  if (!Contains(*object, search.address)) return 0;
  search.found = true;
  search.base = object->dlpi_addr;
  search.path = object->dlpi_name;
  search.headers.assign(object->dlpi_phdr, object->dlpi_phdr + object->dlpi_phnum);
  return 1;
}

// The address sanitizer guards the gaps between constants, and the test reads those too.
void AllowReading([[maybe_unused]] ByteSpan segment) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(segment.data(), segment.size());
#endif
}

class Pipe {
 public:
  static Result<Pipe> Open() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
      return Integrity("integrity:unreadable: no pipe to test memory with: " +
                       ErrnoError(errno, "pipe2").message());
    }
    return Pipe(ends[0], ends[1]);
  }
  bool Take(std::span<const iovec> bytes) {
    const ssize_t written = writev(in_.get(), bytes.data(), static_cast<int>(bytes.size()));
    return written == static_cast<ssize_t>(bytes.size()) && Drain(bytes.size());
  }

 private:
  Pipe(int out, int in) : out_(out), in_(in) {}
  bool Drain(std::size_t count) {
    std::array<std::uint8_t, kPagesAtOnce> sink{};
    return read(out_.get(), sink.data(), count) == static_cast<ssize_t>(count);
  }
  FileDescriptor out_;
  FileDescriptor in_;
};

}  // namespace

Result<LoadedObject> FindLoadedObject(const void* address) {
  Search search{.address = reinterpret_cast<std::uintptr_t>(address), .path = {}, .headers = {}};
  dl_iterate_phdr(Visit, &search);
  if (!search.found) {
    return Integrity("integrity:unreadable: an object of the boundary is not among those loaded");
  }
  auto extents = ExtentsOf(search.headers);
  if (!extents) {
    return std::move(extents).error().WithContext(fmt::format("integrity:mismatch: {}",  //
                                                              search.path));
  }
  LoadedObject object{.path = search.path, .segments = {}};
  for (const Extent& extent : *extents) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(search.base + extent.address);
    object.segments.emplace_back(extent, ByteSpan(begin, extent.size));
    AllowReading(object.segments.back().bytes());
    if (auto readable = CheckReadable(object.segments.back().bytes()); !readable) {
      return Integrity(fmt::format("{} of {}", readable.error().message(), search.path));
    }
  }
  return object;
}

Status CheckReadable(ByteSpan memory) {
  if (memory.empty()) return {};
  auto pipe = TRY(Pipe::Open());
  std::array<iovec, kPagesAtOnce> bytes;
  std::size_t count = 0;
  const std::uint8_t* const last = memory.data() + memory.size() - 1;
  for (const std::uint8_t* at = memory.data();;) {
    bytes[count++] = {.iov_base = const_cast<std::uint8_t*>(at), .iov_len = 1};
    if (count == bytes.size() || at == last) {
      if (!pipe.Take(std::span(bytes).first(count))) {
        return Integrity("integrity:unreadable: memory that must be tested cannot be read");
      }
      count = 0;
    }
    if (at == last) return {};
    at = static_cast<std::size_t>(last - at) > kPageSize ? at + kPageSize : last;
  }
}

}  // namespace vallum::module
