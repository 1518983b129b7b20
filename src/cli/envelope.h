// SPDX-License-Identifier: Apache-2.0
// The header of an envelope (docs/formats/envelope.md): a pure codec, no keys, no files.
//
//   auto parsed = TRY(ParseEnvelopeHeader(first_bytes_of_the_file));
//   parsed.header.key_name ... the chunks start at parsed.size
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace vallum::cli {

inline constexpr std::string_view kEnvelopeMagic = "VLMENV1\n";
inline constexpr std::uint16_t kEnvelopeVersion = 1;
inline constexpr std::uint32_t kEnvelopeChunkSize = 1u << 20;     ///< what writers use
inline constexpr std::uint32_t kEnvelopeMinChunkSize = 4u << 10;  ///< what readers accept
inline constexpr std::uint32_t kEnvelopeMaxChunkSize = 4u << 20;
inline constexpr std::size_t kEnvelopeMaxNameSize = 128;
inline constexpr std::size_t kEnvelopeMaxWrappedSize = 4096;
inline constexpr std::size_t kEnvelopeMaxHeaderSize =
    8 + 2 + 2 + 4 + 4 + 2 + kEnvelopeMaxNameSize + 2 + kEnvelopeMaxWrappedSize;
/// IV and tag before each chunk's ciphertext.
inline constexpr std::size_t kEnvelopeIvSize = 12;
inline constexpr std::size_t kEnvelopeTagSize = 16;
inline constexpr std::size_t kEnvelopeChunkOverhead = kEnvelopeIvSize + kEnvelopeTagSize;
/// Additional data of the server's data key: keeps envelopes apart from everything else.
inline constexpr std::string_view kEnvelopeDataKeyAad = "vallum-envelope-v1";

struct EnvelopeHeader {
  std::uint32_t chunk_size = kEnvelopeChunkSize;
  std::uint32_t key_version = 0;
  std::string key_name;
  Bytes wrapped_key;
  bool operator==(const EnvelopeHeader&) const = default;
};

struct ParsedEnvelopeHeader {
  EnvelopeHeader header;
  std::size_t size = 0;  ///< bytes that the header takes; the first chunk follows
};

/// EncodeEnvelopeHeader is kInvalidArgument for a field outside the format's bounds.
Result<Bytes> EncodeEnvelopeHeader(const EnvelopeHeader& header);

/// ParseEnvelopeHeader reads a header from the front of `file`, of which at most
/// kEnvelopeMaxHeaderSize bytes are needed. kIntegrity when it is no envelope or is malformed,
/// kUnsupported when it is of a newer format version.
Result<ParsedEnvelopeHeader> ParseEnvelopeHeader(ByteSpan file);

using EnvelopeAad = std::array<std::uint8_t, 32 + 8 + 1>;
/// ChunkAad is the additional authenticated data of chunk `index`.
EnvelopeAad ChunkAad(const std::array<std::uint8_t, 32>& header_sha256, std::uint64_t index,
                     bool last);

}  // namespace vallum::cli
