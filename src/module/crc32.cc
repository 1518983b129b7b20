// SPDX-License-Identifier: Apache-2.0
// Eight table look-ups take eight bytes at a time: start-up checks some ten megabytes this way.
#include "module/crc32.h"

#include <array>

namespace vallum::module {
namespace {

constexpr std::size_t kStride = 8;
using Table = std::array<std::uint32_t, 256>;

constexpr std::array<Table, kStride> MakeTables() {
  std::array<Table, kStride> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1) != 0 ? 0xEDB88320u ^ value >> 1 : value >> 1;
    }
    tables[0][i] = value;
  }
  for (std::size_t n = 1; n < kStride; ++n) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t before = tables[n - 1][i];
      tables[n][i] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr std::array<Table, kStride> kTables = MakeTables();

std::uint32_t AddStride(std::uint32_t state, const std::uint8_t* p) {
  return kTables[7][(state ^ p[0]) & 0xff] ^ kTables[6][(state >> 8 ^ p[1]) & 0xff] ^
         kTables[5][(state >> 16 ^ p[2]) & 0xff] ^ kTables[4][(state >> 24 ^ p[3]) & 0xff] ^
         kTables[3][p[4]] ^ kTables[2][p[5]] ^ kTables[1][p[6]] ^ kTables[0][p[7]];
}

}  // namespace

void Crc32Stream::Add(ByteSpan bytes) {
  std::uint32_t state = state_;
  const std::uint8_t* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= kStride; left -= kStride, p += kStride) state = AddStride(state, p);
  for (; left > 0; --left, ++p) state = kTables[0][(state ^ *p) & 0xff] ^ state >> 8;
  state_ = state;
}

std::uint32_t Crc32(ByteSpan bytes) {
  Crc32Stream stream;
  stream.Add(bytes);
  return stream.value();
}

}  // namespace vallum::module
