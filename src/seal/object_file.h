// SPDX-License-Identifier: Apache-2.0
// One object of the boundary, as a file.
#pragma once

#include <elf.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "module/integrity_extent.h"

namespace vallum::seal {

/// ObjectFile owns a file's content; the segments view it. Move-only.
struct ObjectFile {
  std::string name;  ///< the file's name without its folder
  std::filesystem::path path;
  Bytes content;
  std::vector<Elf64_Phdr> headers;
  std::vector<module::CoveredSegment> segments;
  std::uint64_t covered = 0;  ///< bytes of the segments
  std::uint64_t loaded = 0;   ///< bytes of the file that are loaded, writable ones included

  ObjectFile() = default;
  ObjectFile(ObjectFile&&) = default;
  ObjectFile& operator=(ObjectFile&&) = default;
};

/// ReadObject reads and takes apart a shared object; kIntegrity when it cannot be covered.
Result<ObjectFile> ReadObject(const std::filesystem::path& path);

/// BytesAt returns what the file has for `size` bytes at a loaded address; kIntegrity when no segment
/// holds them all.
Result<ByteSpan> BytesAt(const ObjectFile& object, std::uint64_t address, std::uint64_t size);

}  // namespace vallum::seal
