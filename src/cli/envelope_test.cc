// SPDX-License-Identifier: Apache-2.0
#include "cli/envelope.h"

#include <gtest/gtest.h>

#include "base/test_matchers.h"

namespace vallum::cli {
namespace {

using testing::HasSubstr;

EnvelopeHeader Example() {
  return {.chunk_size = 1u << 20,
          .key_version = 7,
          .key_name = "orders-2026",
          .wrapped_key = {0xAA, 0xBB, 0xCC}};
}

constexpr std::string_view kExampleHex =
    "564c4d454e56310a"  // magic
    "00010000"          // version, flags
    "00100000"          // chunk size
    "00000007"          // key version
    "000b6f72646572732d32303236"
    "0003aabbcc";

TEST(EnvelopeHeaderTest, IsWrittenAsTheFormatSays) {
  auto written = EncodeEnvelopeHeader(Example());
  ASSERT_THAT(written, IsOk());
  EXPECT_EQ(ToHex(*written), kExampleHex);
}

TEST(EnvelopeHeaderTest, IsReadFromTheFrontOfAFile) {
  Bytes file = FromHex(kExampleHex).value();
  const std::size_t header_size = file.size();
  Append(file, AsBytes("chunks follow"));
  auto parsed = ParseEnvelopeHeader(file);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(parsed->header, Example());
  EXPECT_EQ(parsed->size, header_size);
}

TEST(EnvelopeHeaderTest, LargestHeaderFitsItsBound) {
  EnvelopeHeader header = Example();
  header.key_name = std::string(kEnvelopeMaxNameSize, 'k');
  header.wrapped_key = Bytes(kEnvelopeMaxWrappedSize, 1);
  EXPECT_EQ(EncodeEnvelopeHeader(header).value().size(), kEnvelopeMaxHeaderSize);
}

TEST(EnvelopeHeaderTest, OtherFilesAreNoEnvelopes) {
  EXPECT_THAT(ParseEnvelopeHeader({}),
              IsError(Code::kIntegrity, HasSubstr("not a Vallum envelope")));
  EXPECT_THAT(ParseEnvelopeHeader(AsBytes("VLMENV2\n and more")), IsError(Code::kIntegrity));
}

TEST(EnvelopeHeaderTest, EveryTruncationIsRefused) {
  const Bytes whole = FromHex(kExampleHex).value();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(ParseEnvelopeHeader(ByteSpan(whole).first(size)), IsError(Code::kIntegrity))
        << size;
  }
}

TEST(EnvelopeHeaderTest, NewerVersionSaysToUpgrade) {
  Bytes file = FromHex(kExampleHex).value();
  file[9] = 2;
  EXPECT_THAT(ParseEnvelopeHeader(file), IsError(Code::kUnsupported, HasSubstr("newer vallum")));
}

TEST(EnvelopeHeaderTest, UnknownFlagsAreRefused) {
  Bytes file = FromHex(kExampleHex).value();
  file[11] = 1;
  EXPECT_THAT(ParseEnvelopeHeader(file), IsError(Code::kIntegrity));
}

TEST(EnvelopeHeaderTest, FieldsOutOfBoundsAreRefusedByReaderAndWriter) {
  const auto refused = [](EnvelopeHeader header) {
    EXPECT_THAT(EncodeEnvelopeHeader(header), IsError(Code::kInvalidArgument));
  };
  EnvelopeHeader header = Example();
  for (std::uint32_t size : {0u, 1u, 2048u, (1u << 20) + 1, 3u << 20, 8u << 20}) {
    header.chunk_size = size;
    refused(header);
  }
  header = Example();
  header.key_version = 0;
  refused(header);
  header = Example();
  for (const char* name : {"", "-x", ".x", "_x", "a/b", "a b", "a\n"}) {
    header.key_name = name;
    refused(header);
  }
  header.key_name = std::string(kEnvelopeMaxNameSize + 1, 'k');
  refused(header);
  header = Example();
  header.wrapped_key.clear();
  refused(header);
  header.wrapped_key = Bytes(kEnvelopeMaxWrappedSize + 1);
  refused(header);

  Bytes file = FromHex(kExampleHex).value();
  file[13] = 0x11;  // a chunk size that is no power of two
  EXPECT_THAT(ParseEnvelopeHeader(file), IsError(Code::kIntegrity, HasSubstr("chunk size")));
}

TEST(ChunkAadTest, IsHeaderHashThenIndexThenLastFlag) {
  std::array<std::uint8_t, 32> hash{};
  hash.fill(0x5A);
  const EnvelopeAad aad = ChunkAad(hash, 0x0102030405060708, true);
  std::string expected;
  for (int i = 0; i < 32; ++i) expected += "5a";
  EXPECT_EQ(ToHex(aad), expected + "010203040506070801");
  EXPECT_EQ(ChunkAad(hash, 0, false).back(), 0);
}

}  // namespace
}  // namespace vallum::cli
