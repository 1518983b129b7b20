// SPDX-License-Identifier: Apache-2.0
#include "scan/test_support.h"

#include <bzlib.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

namespace vallum::scan {
namespace {

constexpr std::size_t kBlock = 512;

Bytes Deflate(ByteSpan bytes, int window_bits) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  Bytes out(deflateBound(&stream, bytes.size()) + 64);
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Bytes CompressBzip2(ByteSpan bytes) {
  auto size = static_cast<unsigned>(bytes.size() + bytes.size() / 50 + 1000);
  Bytes out(size);
  char* source = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size, source,
                                     static_cast<unsigned>(bytes.size()), 9, 0, 0),
            BZ_OK);
  out.resize(size);
  return out;
}

Bytes CompressXz(ByteSpan bytes) {
  Bytes out(lzma_stream_buffer_bound(bytes.size()));
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, nullptr, bytes.data(), bytes.size(),
                                    out.data(), &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

Bytes CompressZstd(ByteSpan bytes) {
  Bytes out(ZSTD_compressBound(bytes.size()));
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

void Put(Bytes& block, std::size_t at, std::string_view text) {
  std::memcpy(block.data() + at, text.data(), text.size());
}

}  // namespace

ContentPtr ContentOf(std::string_view text) { return BytesContent(ToBytes(AsBytes(text))); }

std::string AllOf(const Content& content) {
  const auto bytes = ReadRange(content, 0, static_cast<std::size_t>(content.size()));
  EXPECT_TRUE(bytes.has_value());
  return bytes ? std::string(AsText(*bytes)) : "";
}

Result<std::string> ReadAll(ByteStream& stream) {
  std::string text;
  Bytes buffer(777);
  while (true) {
    const std::size_t got = TRY(stream.Read(buffer));
    if (got == 0) return text;
    text += AsText(ByteSpan(buffer).first(got));
  }
}

Bytes Compress(Compression compression, ByteSpan bytes) {
  switch (compression) {
    case Compression::kGzip:
      return Deflate(bytes, MAX_WBITS + 16);
    case Compression::kDeflate:
      return Deflate(bytes, -MAX_WBITS);
    case Compression::kZstd:
      return CompressZstd(bytes);
    case Compression::kXz:
      return CompressXz(bytes);
    case Compression::kBzip2:
      return CompressBzip2(bytes);
    case Compression::kNone:
      break;
  }
  return ToBytes(bytes);
}

void RunShell(const std::filesystem::path& folder, const std::string& command) {
  const std::string line = fmt::format("cd '{}' && {{ {}\n}}", folder.string(), command);
  ASSERT_EQ(std::system(line.c_str()), 0) << line;
}

void WriteTestFile(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

TarBuilder& TarBuilder::Add(char type, std::string_view name, std::string_view content,
                            std::string_view link) {
  Bytes block(kBlock);
  Put(block, 0, name.substr(0, 100));
  Put(block, 100, "0000755");
  Put(block, 124, fmt::format("{:011o}", content.size()));
  Put(block, 136, "00000000000");
  block[156] = static_cast<std::uint8_t>(type);
  Put(block, 157, link.substr(0, 100));
  Put(block, 257, std::string_view("ustar\00000", 8));
  Put(block, 148, "        ");
  unsigned sum = 0;
  for (const std::uint8_t byte : block) sum += byte;
  Put(block, 148, fmt::format("{:06o}", sum) + '\0');
  Append(bytes_, block);
  Append(bytes_, AsBytes(content));
  bytes_.resize((bytes_.size() + kBlock - 1) / kBlock * kBlock);
  return *this;
}

Bytes TarBuilder::Finish() const {
  Bytes done = bytes_;
  done.resize(done.size() + 2 * kBlock);
  return done;
}

bool Recorder::Wants(std::string_view, FileKind kind, ByteSpan) { return !IsArchive(kind); }

void Recorder::OnFile(const FileView& file) {
  std::string text = AllOf(*file.content);
  const std::lock_guard lock(mutex_);
  files_[file.path] = std::move(text);
}

void Recorder::OnCounted(FileKind, std::uint64_t) {
  const std::lock_guard lock(mutex_);
  ++counted;
}

void Recorder::OnProblem(std::string_view path, const Error& error) {
  const std::lock_guard lock(mutex_);
  problems.emplace(path, error.code());
}

void Recorder::OnAlias(std::string_view path, std::string_view original) {
  const std::lock_guard lock(mutex_);
  aliases_[std::string(path)] = original;
}

void Recorder::OnReplaced(std::string_view path) {
  const std::lock_guard lock(mutex_);
  files_.erase(std::string(path));
}

void Recorder::OnEnvironment(std::string_view assignment) { environment.emplace_back(assignment); }

std::map<std::string, std::string> Recorder::Files() const {
  std::map<std::string, std::string> all = files_;
  for (const auto& [path, original] : aliases_) {
    if (const auto found = files_.find(original); found != files_.end()) all[path] = found->second;
  }
  return all;
}

}  // namespace vallum::scan
