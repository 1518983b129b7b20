// SPDX-License-Identifier: Apache-2.0
// The 512-byte header of the tar family (POSIX.1-2017 pax, "ustar Interchange Format"; the GNU and the
// old V7 forms). Private to the folder.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace vallum::scan {

inline constexpr std::size_t kTarBlock = 512;

struct TarHeader {
  std::string name;  ///< with the ustar prefix
  std::string link;
  std::uint64_t size = 0;
  char type = '0';
  bool more_map = false;  ///< GNU's sparse form: further blocks of the map follow the header
};

/// IsTarHeader says whether the checksum of a block is right and the block is not empty.
bool IsTarHeader(ByteSpan block);
/// ParseTarHeader is kInvalidArgument when the checksum or a number is wrong.
Result<TarHeader> ParseTarHeader(ByteSpan block);

}  // namespace vallum::scan
