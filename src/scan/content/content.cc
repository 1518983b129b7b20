// SPDX-License-Identifier: Apache-2.0
#include "scan/content/content.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace vallum::scan {
namespace {

/// How much of a request for `count` bytes at `offset` lies within `size`.
std::size_t Within(std::uint64_t size, std::uint64_t offset, std::size_t count) {
  if (offset >= size) return 0;
  return static_cast<std::size_t>(std::min<std::uint64_t>(count, size - offset));
}

class InMemory final : public Content {
 public:
  explicit InMemory(Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> ReadAt(std::uint64_t offset, MutableByteSpan out) const override {
    const std::size_t count = Within(bytes_.size(), offset, out.size());
    if (count != 0)
      std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
    return count;
  }

 private:
  const Bytes bytes_;
};

class InFile final : public Content {
 public:
  InFile(FileDescriptor file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> ReadAt(std::uint64_t offset, MutableByteSpan out) const override {
    const std::size_t count = Within(size_, offset, out.size());
    std::size_t done = 0;
    while (done < count) {
      const ssize_t got =
          ::pread(file_.get(), out.data() + done, count - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return ErrnoError(errno, "reading a file");
      if (got == 0) return Storage("the file became shorter while it was read");
      done += static_cast<std::size_t>(got);
    }
    return count;
  }

 private:
  const FileDescriptor file_;
  const std::uint64_t size_;
};

class Range final : public Content {
 public:
  Range(ContentPtr whole, std::uint64_t offset, std::uint64_t size)
      : whole_(std::move(whole)), offset_(offset), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> ReadAt(std::uint64_t offset, MutableByteSpan out) const override {
    const std::size_t count = Within(size_, offset, out.size());
    return whole_->ReadAt(offset_ + offset, out.first(count));
  }

 private:
  const ContentPtr whole_;
  const std::uint64_t offset_;
  const std::uint64_t size_;
};

}  // namespace

ContentPtr BytesContent(Bytes bytes) { return std::make_shared<InMemory>(std::move(bytes)); }

ContentPtr FileContent(FileDescriptor file, std::uint64_t size) {
  return std::make_shared<InFile>(std::move(file), size);
}

ContentPtr RangeContent(ContentPtr whole, std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t start = std::min(offset, whole->size());
  const std::uint64_t count = std::min(size, whole->size() - start);
  return std::make_shared<Range>(std::move(whole), start, count);
}

Result<Bytes> ReadUpTo(const Content& content, std::uint64_t offset, std::size_t count) {
  Bytes bytes(Within(content.size(), offset, count));
  const std::size_t got = TRY(content.ReadAt(offset, bytes));
  bytes.resize(got);
  return bytes;
}

Result<Bytes> ReadRange(const Content& content, std::uint64_t offset, std::size_t count) {
  if (Within(content.size(), offset, count) < count) {
    return InvalidArgument("the content ends before the bytes that it points to");
  }
  return ReadUpTo(content, offset, count);
}

}  // namespace vallum::scan
