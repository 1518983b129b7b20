// SPDX-License-Identifier: Apache-2.0
#include "scan/rust/rust_manifest.h"

#include <memory>

#include "base/json.h"
#include "scan/content/decompress.h"

namespace vallum::scan {
namespace {

constexpr std::uint64_t kMaxManifest = 8ULL << 20;
constexpr std::size_t kZlibHeader = 2;  // RFC 1950; the sum at the end is not looked at

}  // namespace

Result<std::vector<RustCrate>> ReadRustManifest(const Content& content, const ElfSection& section) {
  if (section.size > kMaxManifest) return ResourceExhausted("the manifest of crates is too large");
  Bytes packed = TRY(ReadRange(content, section.offset, static_cast<std::size_t>(section.size)));
  if (packed.size() < kZlibHeader || (packed[0] & 0x0f) != 8) {
    return InvalidArgument("the manifest of crates is damaged");
  }
  packed.erase(packed.begin(), packed.begin() + kZlibHeader);
  Budget budget({.expanded_bytes = kMaxManifest});
  auto stream =
      TRY(Decompress(Compression::kDeflate, StreamOf(BytesContent(std::move(packed))), budget));
  const ContentPtr whole = TRY(KeepAll(*stream, {}, {.memory_bytes = kMaxManifest + 1}));
  const Bytes text = TRY(ReadUpTo(*whole, 0, static_cast<std::size_t>(whole->size())));
  const JsonDocument document =
      TRY(JsonDocument::Parse(AsText(text), {.max_bytes = kMaxManifest, .max_depth = 16}));
  const auto packages = document.root().Find("packages");
  if (!packages) return InvalidArgument("the manifest of crates has no packages");
  std::vector<RustCrate> crates;
  for (const JsonValue& one : TRY(packages->AsArray())) {
    if (!one.IsObject()) return InvalidArgument("the manifest of crates is damaged");
    const auto name = one.Find("name"), version = one.Find("version"), kind = one.Find("kind");
    if (!name || !version) return InvalidArgument("the manifest of crates is damaged");
    if (kind && TRY(kind->AsString()) == "build") continue;
    crates.push_back({std::string(TRY(name->AsString())), std::string(TRY(version->AsString()))});
  }
  return crates;
}

}  // namespace vallum::scan
