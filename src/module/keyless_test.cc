// SPDX-License-Identifier: Apache-2.0
// Random and hashing.
#include <map>
#include <set>

#include "module/test_module.h"

namespace vallum::module {
namespace {

using KeylessTest = ModuleTest;

// FIPS 180-4 examples: the message "abc".
constexpr std::string_view kSha256Abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kSha384Abc =
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825"
    "a7";

TEST_F(KeylessTest, Sha256HashesTheConcatenationOfItsParts) {
  const auto whole = module_->Sha256({AsBytes("abc")});
  const auto parts = module_->Sha256({AsBytes("a"), {}, AsBytes("bc")});
  ASSERT_THAT(whole, IsOk());
  ASSERT_THAT(parts, IsOk());
  EXPECT_EQ(ToHex(*whole), kSha256Abc);
  EXPECT_EQ(*whole, *parts);
}

TEST_F(KeylessTest, DigestTakesPieces) {
  auto digest = module_->BeginDigest(DigestAlgorithm::kSha384);
  ASSERT_THAT(digest, IsOk());
  EXPECT_THAT((*digest)->Update(AsBytes("ab")), IsOk());
  EXPECT_THAT((*digest)->Update(AsBytes("c")), IsOk());
  const auto value = (*digest)->Finish();
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(ToHex(*value), kSha384Abc);
}

// FIPS 180-4 and FIPS 202 examples as NIST publishes them: the message "abc".
TEST_F(KeylessTest, EveryHashGivesThePublishedDigestOfAbc) {
  const std::map<DigestAlgorithm, std::string_view> starts = {
      {DigestAlgorithm::kSha256, "ba7816bf8f01cfea"},
      {DigestAlgorithm::kSha384, "cb00753f45a35e8b"},
      {DigestAlgorithm::kSha512, "ddaf35a193617aba"},
      {DigestAlgorithm::kSha224, "23097d223405d822"},
      {DigestAlgorithm::kSha512_224, "4634270f707b6a54"},
      {DigestAlgorithm::kSha512_256, "53048e2681941ef9"},
      {DigestAlgorithm::kSha3_224, "e642824c3f8cf24a"},
      {DigestAlgorithm::kSha3_256, "3a985da74fe225b2"},
      {DigestAlgorithm::kSha3_384, "ec01498288516fc9"},
      {DigestAlgorithm::kSha3_512, "b751850b1a57168a"}};
  ASSERT_EQ(starts.size(), static_cast<std::size_t>(kDigestAlgorithmCount));
  for (const auto& [algorithm, start] : starts) {
    auto digest = module_->BeginDigest(algorithm);
    ASSERT_THAT(digest, IsOk()) << Name(algorithm);
    EXPECT_THAT((*digest)->Update(AsBytes("abc")), IsOk());
    const auto value = (*digest)->Finish();
    ASSERT_THAT(value, IsOk());
    EXPECT_TRUE(ToHex(*value).starts_with(start)) << Name(algorithm);
  }
}

TEST_F(KeylessTest, FinishedDigestIsUsedUp) {
  auto digest = module_->BeginDigest(DigestAlgorithm::kSha512);
  ASSERT_THAT(digest, IsOk());
  const auto value = (*digest)->Finish();
  ASSERT_THAT(value, IsOk());
  EXPECT_EQ(value->size(), 64u);
  EXPECT_THAT((*digest)->Finish(), IsError(Code::kInvalidArgument));
  EXPECT_THAT((*digest)->Update(AsBytes("x")), IsError(Code::kInvalidArgument));
}

TEST_F(KeylessTest, RandomFillsEverySizeAndDoesNotRepeat) {
  std::set<Bytes> seen;
  for (const std::size_t size : {16u, 17u, 4096u, 65536u, 65537u, 200'000u}) {
    Bytes bytes(size);
    const auto indicator = module_->Random(bytes);
    ASSERT_THAT(indicator, IsOk());
    EXPECT_TRUE(indicator->approved());
    EXPECT_TRUE(seen.insert(Bytes(bytes.end() - 16, bytes.end())).second);
  }
  EXPECT_THAT(module_->Random({}), IsOk());
}

}  // namespace
}  // namespace vallum::module
