// SPDX-License-Identifier: Apache-2.0
// Any bytes as a tar archive, compressed or not: it ends, names stay inside, and bodies have the size
// that their entries say.
#include <cstdlib>

#include "scan/archive/tar_reader.h"
#include "scan/content/decompress.h"

namespace {

using namespace vallum::scan;

vallum::Status ReadAll(const ContentPtr& content, vallum::ByteSpan head) {
  const Limits limits{
      .expanded_bytes = 8U << 20, .ratio = 100, .ratio_free_bytes = 1U << 20, .entries = 10'000};
  const Scratch scratch{.memory_bytes = 64U << 20, .file_bytes = 16U << 20};
  Budget budget(limits);
  TarReader tar(TRY(Decompress(CompressionOf(head), StreamOf(content), budget)), budget);
  while (auto entry = TRY(tar.Next())) {
    const std::string& path = entry->path.text;
    if (path.starts_with('/') || path.starts_with("../") || path.find("/../") != std::string::npos)
      std::abort();
    const ContentPtr body = TRY(tar.Body(
        *entry, [](vallum::ByteSpan) { return true; }, scratch));
    if (body == nullptr || body->size() != entry->size) std::abort();
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vallum::ByteSpan input(data, size);
  (void)ReadAll(BytesContent(vallum::ToBytes(input)), input);
  return 0;
}
