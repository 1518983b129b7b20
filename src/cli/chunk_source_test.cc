// SPDX-License-Identifier: Apache-2.0
#include "cli/chunk_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "base/file.h"
#include "base/test_matchers.h"

namespace vallum::cli {
namespace {

struct Taken {
  std::uint64_t index;
  std::string text;
  bool last;
  bool operator==(const Taken&) const = default;
};

std::vector<Taken> TakeAll(int fd, std::size_t chunk_size, std::string_view front) {
  auto source = ChunkSource::Create(fd, chunk_size, AsBytes(front)).value();
  Bytes buffer(source.BufferSize());
  std::vector<Taken> out;
  while (auto chunk = source.Next(buffer).value()) {
    out.push_back({chunk->index, std::string(AsText(chunk->bytes)), chunk->last});
  }
  return out;
}

// A pipe that holds `text` and is closed behind it.
FileDescriptor PipeWith(std::string_view text) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe(ends), 0);
  FileDescriptor reader(ends[0]);
  FileDescriptor writer(ends[1]);
  EXPECT_THAT(WriteAll(writer.get(), AsBytes(text), "a pipe"), IsOk());
  return reader;
}

using testing::ElementsAre;

TEST(ChunkSourceTest, AnEmptyInputIsOneEmptyLastChunk) {
  EXPECT_THAT(TakeAll(PipeWith("").get(), 4, ""), ElementsAre(Taken{0, "", true}));
}

TEST(ChunkSourceTest, AnInputOfExactlyOneChunkIsItsLastChunk) {
  EXPECT_THAT(TakeAll(PipeWith("abcd").get(), 4, ""), ElementsAre(Taken{0, "abcd", true}));
}

TEST(ChunkSourceTest, CutsAPipeAndKnowsTheLastChunk) {
  EXPECT_THAT(TakeAll(PipeWith("abcdefghi").get(), 4, ""),
              ElementsAre(Taken{0, "abcd", false}, Taken{1, "efgh", false}, Taken{2, "i", true}));
}

TEST(ChunkSourceTest, WhatTheCallerReadComesFirst) {
  EXPECT_THAT(TakeAll(PipeWith("hi").get(), 4, "abcdefg"),
              ElementsAre(Taken{0, "abcd", false}, Taken{1, "efgh", false}, Taken{2, "i", true}));
  EXPECT_THAT(TakeAll(PipeWith("").get(), 4, "abcde"),
              ElementsAre(Taken{0, "abcd", false}, Taken{1, "e", true}));
}

TEST(ChunkSourceTest, AReadErrorIsReported) {
  const FileDescriptor folder(::open("/", O_RDONLY | O_CLOEXEC));
  auto source = ChunkSource::Create(folder.get(), 4, {}).value();
  Bytes buffer(source.BufferSize());
  EXPECT_THAT(source.Next(buffer), IsError(Code::kStorage));
}

TEST(ChunkSourceTest, ThreadsTakeEveryChunkOnce) {
  const std::string text(60000, 'x');
  const FileDescriptor pipe = PipeWith(text);
  auto source = ChunkSource::Create(pipe.get(), 7, {}).value();
  std::mutex mutex;
  std::vector<int> seen(60000 / 7 + 1, 0);
  const auto take = [&] {
    Bytes buffer(source.BufferSize());
    while (auto chunk = source.Next(buffer).value()) {
      const std::lock_guard lock(mutex);
      ++seen[chunk->index];
    }
  };
  std::thread other(take);
  take();
  other.join();
  EXPECT_THAT(seen, testing::Each(1));
}

}  // namespace
}  // namespace vallum::cli
