// SPDX-License-Identifier: Apache-2.0
#include "seal/object_file.h"

#include <fmt/format.h>

#include "base/file.h"

namespace vallum::seal {
namespace {

constexpr std::size_t kLargestObject = std::size_t{512} << 20;

Result<ObjectFile> TakeApart(const std::filesystem::path& path) {
  ObjectFile object;
  object.name = path.filename().string();
  object.path = path;
  object.content = TRY(ReadFile(path, kLargestObject));
  object.headers = TRY(module::ReadProgramHeaders(object.content));
  object.segments = TRY(module::CoveredSegmentsOf(object.content));
  for (const auto& segment : object.segments) object.covered += segment.bytes().size();
  for (const Elf64_Phdr& header : object.headers) {
    if (header.p_type == PT_LOAD) object.loaded += header.p_filesz;
  }
  return object;
}

}  // namespace

Result<ObjectFile> ReadObject(const std::filesystem::path& path) {
  auto object = TakeApart(path);
  if (!object) return std::move(object).error().WithContext(path.string());
  return object;
}

Result<ByteSpan> BytesAt(const ObjectFile& object, std::uint64_t address, std::uint64_t size) {
  for (const Elf64_Phdr& header : object.headers) {
    if (header.p_type != PT_LOAD || address < header.p_vaddr) continue;
    const std::uint64_t inside = address - header.p_vaddr;
    if (inside > header.p_filesz || size > header.p_filesz - inside) continue;
    const std::uint64_t file_size = object.content.size();
    if (header.p_offset > file_size || header.p_filesz > file_size - header.p_offset) break;
    return ByteSpan(object.content).subspan(header.p_offset + inside, size);
  }
  return Integrity(fmt::format("{}: address {:#x} is not in the file", object.path.string(),  //
                               address));
}

}  // namespace vallum::seal
