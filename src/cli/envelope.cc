// SPDX-License-Identifier: Apache-2.0
#include "cli/envelope.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <optional>

namespace vallum::cli {
namespace {

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool IsKeyName(std::string_view name) {
  return !name.empty() && name.size() <= kEnvelopeMaxNameSize &&
         std::all_of(name.begin(), name.end(), IsNameByte) && name[0] != '.' && name[0] != '_' &&
         name[0] != '-';
}

bool IsChunkSize(std::uint32_t size) {
  return std::has_single_bit(size) && size >= kEnvelopeMinChunkSize &&
         size <= kEnvelopeMaxChunkSize;
}

// Which field of a header is outside the format, if any.
std::optional<std::string_view> BadField(const EnvelopeHeader& header) {
  if (!IsChunkSize(header.chunk_size)) return "chunk size";
  if (header.key_version == 0) return "key version";
  if (!IsKeyName(header.key_name)) return "key name";
  if (header.wrapped_key.empty() || header.wrapped_key.size() > kEnvelopeMaxWrappedSize) {
    return "wrapped data key";
  }
  return std::nullopt;
}

Result<EnvelopeHeader> ReadFields(ByteReader& reader) {
  const std::uint16_t flags = TRY(reader.ReadBe16());
  if (flags != 0) return InvalidArgument("unknown flags");
  EnvelopeHeader header;
  header.chunk_size = TRY(reader.ReadBe32());
  header.key_version = TRY(reader.ReadBe32());
  const std::uint16_t name_size = TRY(reader.ReadBe16());
  header.key_name = AsText(TRY(reader.ReadBytes(name_size)));
  const std::uint16_t wrapped_size = TRY(reader.ReadBe16());
  header.wrapped_key = ToBytes(TRY(reader.ReadBytes(wrapped_size)));
  return header;
}

}  // namespace

Result<Bytes> EncodeEnvelopeHeader(const EnvelopeHeader& header) {
  if (auto field = BadField(header)) {
    return InvalidArgument(fmt::format("the envelope's {} is out of bounds", *field));
  }
  Bytes out;
  Append(out, AsBytes(kEnvelopeMagic));
  AppendBe16(out, kEnvelopeVersion);
  AppendBe16(out, 0);
  AppendBe32(out, header.chunk_size);
  AppendBe32(out, header.key_version);
  AppendBe16(out, static_cast<std::uint16_t>(header.key_name.size()));
  Append(out, AsBytes(header.key_name));
  AppendBe16(out, static_cast<std::uint16_t>(header.wrapped_key.size()));
  Append(out, header.wrapped_key);
  return out;
}

Result<ParsedEnvelopeHeader> ParseEnvelopeHeader(ByteSpan file) {
  ByteReader reader(file);
  auto magic = reader.ReadBytes(kEnvelopeMagic.size());
  if (!magic || AsText(*magic) != kEnvelopeMagic) {
    return Integrity("not a Vallum envelope; give a file that `vallum encrypt` wrote");
  }
  auto version = reader.ReadBe16();
  if (!version) return Integrity("the envelope is cut off in its header; restore it from a copy");
  if (*version != kEnvelopeVersion) {
    return Unsupported(fmt::format(
        "the envelope has format version {}, this program reads 1; use a newer vallum", *version));
  }
  auto header = ReadFields(reader);
  if (!header) {
    return Integrity("the envelope's header is cut off or damaged; restore the file from a copy");
  }
  if (auto field = BadField(*header)) {
    return Integrity(
        fmt::format("the envelope's {} is not valid; restore the file from a copy", *field));
  }
  return ParsedEnvelopeHeader{*std::move(header), file.size() - reader.remaining()};
}

EnvelopeAad ChunkAad(const std::array<std::uint8_t, 32>& header_sha256, std::uint64_t index,
                     bool last) {
  EnvelopeAad aad{};
  std::copy(header_sha256.begin(), header_sha256.end(), aad.begin());
  for (std::size_t i = 0; i < 8; ++i) {
    aad[32 + i] = static_cast<std::uint8_t>(index >> (56 - 8 * i));
  }
  aad[40] = last ? 1 : 0;
  return aad;
}

}  // namespace vallum::cli
