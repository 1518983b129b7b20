// SPDX-License-Identifier: Apache-2.0
// Any bytes as a zip archive: it ends, names stay inside, and bodies have the size that the directory
// says.
#include <cstdlib>

#include "scan/archive/zip_reader.h"

namespace {

using namespace vallum::scan;
using vallum::ByteSpan;

vallum::Status ReadAll(ContentPtr content) {
  const Limits limits{
      .expanded_bytes = 8U << 20, .ratio = 100, .ratio_free_bytes = 1U << 20, .entries = 10'000};
  const Scratch scratch{.memory_bytes = 64U << 20, .file_bytes = 16U << 20};
  Budget budget(limits);
  ZipReader zip = TRY(ZipReader::Open(std::move(content), budget));
  while (auto entry = TRY(zip.Next())) {
    const std::string& path = entry->path.text;
    if (path.starts_with('/') || path.starts_with("../") || path.find("/../") != std::string::npos)
      std::abort();
    // What the entry is called decides, so that both ways are taken.
    const bool keep = path.size() % 2 == 0;
    const auto body = zip.Body(
        *entry, [keep](ByteSpan) { return keep; }, scratch);
    if (body && (*body != nullptr) != keep) std::abort();
    if (body && keep && (*body)->size() != entry->record.size) std::abort();
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)ReadAll(BytesContent(vallum::ToBytes(vallum::ByteSpan(data, size))));
  return 0;
}
