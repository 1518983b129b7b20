// SPDX-License-Identifier: Apache-2.0
// The ELF, Go and Rust detectors never read out of bounds and always end, whatever the file says.
#include "scan/elf/elf_detector.h"
#include "scan/go/go_detector.h"
#include "scan/place/elf_place.h"
#include "scan/rust/rust_detector.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = vallum::scan::ElfFile::Parse(
      vallum::scan::BytesContent(vallum::ToBytes(vallum::ByteSpan(data, size))));
  if (!file) return 0;
  (void)vallum::scan::DetectElf(*file);
  (void)vallum::scan::DetectGo(*file);
  (void)vallum::scan::DetectRust(*file);
  (void)vallum::scan::DetectPlace("a.jar!x.libs/y.so", *file);
  return 0;
}
