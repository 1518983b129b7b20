// SPDX-License-Identifier: Apache-2.0
#include "scan/target/file_kind.h"

#include "scan/archive/tar_header.h"
#include "scan/content/decompress.h"

namespace vallum::scan {
namespace {

struct Magic {
  std::string_view bytes;
  FileKind kind;
};
constexpr std::array kMagics = {
    Magic{"\x7f"
          "ELF",
          FileKind::kElf},
    Magic{"PK\x03\x04", FileKind::kZip},
    Magic{"PK\x05\x06", FileKind::kZip},  // without entries
    Magic{{"\0asm", 4}, FileKind::kWasm},
    Magic{"MZ", FileKind::kPe},
    Magic{"\xcf\xfa\xed\xfe", FileKind::kMachO},
    Magic{"\xce\xfa\xed\xfe", FileKind::kMachO},
    Magic{"!<arch>\n", FileKind::kAr},
    Magic{"\xed\xab\xee\xdb", FileKind::kRpm},
};
constexpr std::string_view kClassMark = "\xca\xfe\xba\xbe";
constexpr std::uint8_t kFirstClassMajor = 45;  // a fat Mach-O begins alike, and has fewer parts

}  // namespace

FileKind KindOf(ByteSpan head) {
  if (head.empty()) return FileKind::kEmpty;
  const std::string_view text = AsText(head);
  for (const Magic& magic : kMagics) {
    if (text.starts_with(magic.bytes)) return magic.kind;
  }
  if (text.starts_with(kClassMark) && head.size() >= 8) {
    return head[6] == 0 && head[7] < kFirstClassMajor ? FileKind::kMachO : FileKind::kJavaClass;
  }
  if (CompressionOf(head) != Compression::kNone) return FileKind::kCompressed;
  return IsTarHeader(head) ? FileKind::kTar : FileKind::kOther;
}

std::string_view KindName(FileKind kind) {
  static constexpr std::array<std::string_view, kFileKinds> kNames = {
      "empty", "elf", "zip",    "tar", "compressed", "class",
      "wasm",  "pe",  "mach-o", "ar",  "rpm",        "other"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace vallum::scan
