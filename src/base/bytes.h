// SPDX-License-Identifier: Apache-2.0
// Bytes that are not secret, and their text forms. Secrets: base/secret.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vallum {

using Bytes = std::vector<std::uint8_t>;
using ByteSpan = std::span<const std::uint8_t>;
using MutableByteSpan = std::span<std::uint8_t>;

/// AsBytes views text as bytes; the view lives as long as the text.
inline ByteSpan AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// AsText views bytes as text, without any check of the encoding.
inline std::string_view AsText(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes ToBytes(ByteSpan bytes) { return {bytes.begin(), bytes.end()}; }

/// ToHex returns two lower-case digits a byte.
std::string ToHex(ByteSpan bytes);
/// FromHex accepts an even number of hexadecimal digits of either case; else kInvalidArgument.
Result<Bytes> FromHex(std::string_view text);

/// Base64 is RFC 4648 section 4: standard alphabet, padded, no white space. Plaintext goes through
/// it: neither branches nor addresses depend on the contents, only on the size (and, when decoding,
/// on whether the text is valid). A text that is refused leaves zeros in `out`.
constexpr std::size_t Base64Size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }
std::string ToBase64(ByteSpan bytes);
/// EncodeBase64 writes exactly Base64Size(bytes.size()) characters to `out`.
void EncodeBase64(ByteSpan bytes, char* out);
/// FromBase64 is strict: wrong length, alphabet, padding or non-zero trailing bits are
/// kInvalidArgument, so that one value has one text.
Result<Bytes> FromBase64(std::string_view text);
/// DecodedBase64Size is the exact size of what `text` decodes to; kInvalidArgument on a bad length.
Result<std::size_t> DecodedBase64Size(std::string_view text);
/// DecodeBase64 decodes into `out`, whose size must be DecodedBase64Size(text). Strict as above.
Status DecodeBase64(std::string_view text, MutableByteSpan out);

/// Big-endian integers, for stored and wire formats.
void AppendBe16(Bytes& out, std::uint16_t value);
void AppendBe32(Bytes& out, std::uint32_t value);
void AppendBe64(Bytes& out, std::uint64_t value);
void Append(Bytes& out, ByteSpan bytes);

/// ByteReader takes a format apart from the front; every Read past the end is kInvalidArgument.
class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : rest_(bytes) {}
  Result<std::uint8_t> ReadU8();
  Result<std::uint16_t> ReadBe16();
  Result<std::uint32_t> ReadBe32();
  Result<std::uint64_t> ReadBe64();
  /// ReadBytes returns a view of the next `count` bytes of the underlying buffer.
  Result<ByteSpan> ReadBytes(std::size_t count);
  std::size_t remaining() const { return rest_.size(); }
  ByteSpan rest() const { return rest_; }

 private:
  ByteSpan rest_;
};

}  // namespace vallum
