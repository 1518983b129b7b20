// SPDX-License-Identifier: Apache-2.0
// What the integrity test covers of a shared object: each loaded segment that is not writable, in
// file order. The same code reads the program headers of a file (vallum-seal) and of a loaded object.
#pragma once

#include <elf.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vallum::module {

/// Extent is one loaded segment that is not writable: a PT_LOAD without PF_W.
struct Extent {
  std::uint64_t offset = 0;   ///< in the file
  std::uint64_t address = 0;  ///< relative to where the object is loaded
  std::uint64_t size = 0;     ///< in the file and in memory
  std::uint32_t flags = 0;    ///< PF_R, PF_X
};

/// ReadProgramHeaders copies them out of a whole file; kIntegrity unless it is a 64-bit ELF shared
/// object of this machine's byte order with headers inside the file. Reads nothing past `file`.
Result<std::vector<Elf64_Phdr>> ReadProgramHeaders(ByteSpan file);

/// ExtentsOf lists what is covered. kIntegrity when a segment is both writable and executable, when
/// a covered one is longer in memory than in the file, when segments overlap or wrap round, when
/// the ELF header is outside the first, or when there is none.
Result<std::vector<Extent>> ExtentsOf(std::span<const Elf64_Phdr> headers);

/// CoveredSegment is one extent with its bytes, wherever they are. It views the bytes.
class CoveredSegment {
 public:
  CoveredSegment(const Extent& extent, ByteSpan bytes);
  const Extent& extent() const { return extent_; }
  ByteSpan bytes() const { return bytes_; }
  /// Pieces are what is hashed, in order: address, size and flags (big-endian, 8 + 8 + 4 bytes), then the
  /// bytes, in which the ELF header's section table fields read as zero: `strip` changes them, and
  /// nothing that is loaded does. They view this object.
  std::vector<ByteSpan> Pieces() const;

 private:
  Extent extent_;
  ByteSpan bytes_;
  std::array<std::uint8_t, 20> label_;
};

/// CoveredSegmentsOf takes the extents out of a whole file; kIntegrity when one is not inside it.
Result<std::vector<CoveredSegment>> CoveredSegmentsOf(ByteSpan file);

}  // namespace vallum::module
