// SPDX-License-Identifier: Apache-2.0
#include "scan/content/decompress.h"

#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

std::string Sample(std::size_t size) {
  std::string text;
  for (std::size_t at = 0; text.size() < size; ++at) text += std::to_string(at * 7919 % 10007);
  return text.substr(0, size);
}

class DecompressTest : public testing::TestWithParam<Compression> {
 protected:
  Result<std::string> Unpack(Bytes packed, const Limits& limits = {}) {
    Budget budget(limits);
    auto stream = TRY(Decompress(GetParam(), StreamOf(BytesContent(std::move(packed))), budget));
    return ReadAll(*stream);
  }
  bool HasMark() const { return GetParam() != Compression::kDeflate; }
};

TEST_P(DecompressTest, GivesBackWhatItsOwnLibraryPacked) {
  for (const std::size_t size : {0U, 1U, 511U, 1'000'000U}) {
    const std::string text = Sample(size);
    const Bytes packed = Compress(GetParam(), AsBytes(text));
    if (HasMark()) {
      EXPECT_EQ(CompressionOf(packed), GetParam());
    }
    EXPECT_EQ(*Unpack(packed), text) << size;
  }
}

TEST_P(DecompressTest, ReadsFilesOfSeveralMembersAndIgnoresWhatFollows) {
  if (!HasMark()) return;  // raw deflate has no members
  // The second member's mark lies across two chunks of input for some of these sizes.
  for (std::size_t size = 131'000; size < 131'200; size += 33) {
    Bytes packed = Compress(GetParam(), AsBytes("first"));
    Append(packed, Compress(GetParam(), AsBytes(Sample(size))));
    Append(packed, Compress(GetParam(), AsBytes("last")));
    Append(packed, AsBytes("\0\0\0padding"));
    ASSERT_EQ(*Unpack(packed), "first" + Sample(size) + "last");
  }
}

TEST_P(DecompressTest, DataThatEndsEarlyIsAnError) {
  const Bytes packed = Compress(GetParam(), AsBytes(Sample(5000)));
  for (std::size_t size = 4; size < packed.size(); size += 97) {
    EXPECT_THAT(Unpack(ToBytes(ByteSpan(packed).first(size))), IsError(Code::kInvalidArgument))
        << size;
  }
}

TEST_P(DecompressTest, DamagedDataIsAnErrorOrOtherTextButNeverEndless) {
  const Bytes packed = Compress(GetParam(), AsBytes(Sample(5000)));
  for (std::size_t at = 0; at < packed.size(); at += 13) {
    Bytes damaged = packed;
    damaged[at] ^= 0x55;
    const auto text = Unpack(damaged);
    if (!text) {
      EXPECT_THAT(text, IsError(Code::kInvalidArgument)) << at;
    }
  }
}

TEST_P(DecompressTest, ABombEndsAtTheBudget) {
  const Bytes packed = Compress(GetParam(), Bytes(4U << 20));
  EXPECT_THAT(Unpack(packed, {.expanded_bytes = 1U << 20}), IsError(Code::kResourceExhausted));
  EXPECT_THAT(Unpack(packed, {.ratio = 10, .ratio_free_bytes = 1U << 20}),
              IsError(Code::kResourceExhausted, testing::HasSubstr("bomb")));
  EXPECT_THAT(Unpack(packed, {.ratio = 1, .ratio_free_bytes = 4U << 20}), IsOk());
}

INSTANTIATE_TEST_SUITE_P(All, DecompressTest,
                         testing::Values(Compression::kGzip, Compression::kZstd, Compression::kXz,
                                         Compression::kBzip2, Compression::kDeflate),
                         [](const auto& one) { return std::string(CompressionName(one.param)); });

TEST(CompressionOfTest, AZstdFileMayBeginWithAFrameThatHoldsNothing) {
  Bytes packed = {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};
  Append(packed, Compress(Compression::kZstd, AsBytes("text")));
  ASSERT_EQ(CompressionOf(packed), Compression::kZstd);
  Budget budget({});
  const auto stream = Decompress(Compression::kZstd, StreamOf(BytesContent(packed)), budget);
  EXPECT_EQ(*ReadAll(**stream), "text");
}

TEST(CompressionOfTest, PlainTextIsNotCompressed) {
  EXPECT_EQ(CompressionOf(AsBytes("BZip is not bzip2")), Compression::kNone);
  EXPECT_EQ(CompressionOf({}), Compression::kNone);
}

}  // namespace
}  // namespace vallum::scan
