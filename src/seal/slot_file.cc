// SPDX-License-Identifier: Apache-2.0
#include "seal/slot_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/file.h"

namespace vallum::seal {
namespace {

Error NoSlot(const ObjectFile& object, std::string_view why) {
  return Integrity(fmt::format("{} {}; is it libvallum.so?", object.path.string(), why));
}

Result<ByteSpan> RelroOf(const ObjectFile& object) {
  for (const Elf64_Phdr& header : object.headers) {
    if (header.p_type == PT_GNU_RELRO) return BytesAt(object, header.p_vaddr, header.p_filesz);
  }
  return NoSlot(object, "has no part that is read-only after relocation");
}

}  // namespace

Result<std::size_t> FindSlot(const ObjectFile& object) {
  const ByteSpan relro = TRY(RelroOf(object));
  const ByteSpan magic = AsBytes(module::kManifestMagic);
  const auto first = std::ranges::search(relro, magic);
  if (first.empty()) return NoSlot(object, "has no manifest slot");
  const auto offset = static_cast<std::size_t>(first.begin() - relro.begin());
  if (!std::ranges::search(relro.subspan(offset + magic.size()), magic).empty()) {
    return NoSlot(object, "has more than one manifest slot");
  }
  if (relro.size() - offset < module::kManifestSize) {
    return NoSlot(object, "has a manifest slot that is cut off");
  }
  return static_cast<std::size_t>(relro.data() - object.content.data()) + offset;
}

Result<ByteSpan> SlotBytes(const ObjectFile& object) {
  return ByteSpan(object.content).subspan(TRY(FindSlot(object)), module::kManifestSize);
}

Status WriteSlot(const ObjectFile& object, ByteSpan manifest) {
  const std::size_t offset = TRY(FindSlot(object));
  Bytes content = object.content;
  std::ranges::copy(manifest, content.begin() + static_cast<std::ptrdiff_t>(offset));
  struct stat info {};
  if (stat(object.path.c_str(), &info) != 0) {
    return ErrnoError(errno, fmt::format("asking for the mode of {}", object.path.string()));
  }
  return WriteFileDurably(object.path, content, info.st_mode & 07777);
}

}  // namespace vallum::seal
