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

// FIPS 202 examples as NIST publishes them: the empty message.
TEST_F(KeylessTest, ShakeGivesAsMuchAsIsAsked) {
  const auto narrow = module_->Shake(ShakeAlgorithm::kShake128, {}, 32);
  const auto wide = module_->Shake(ShakeAlgorithm::kShake256, {}, 64);
  ASSERT_THAT(narrow, IsOk());
  ASSERT_THAT(wide, IsOk());
  EXPECT_TRUE(narrow->indicator.approved());
  EXPECT_EQ(ToHex(narrow->value),
            "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
  EXPECT_EQ(ToHex(wide->value),
            "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
            "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be");
  const auto longer = module_->Shake(ShakeAlgorithm::kShake128, {}, 65'536);
  ASSERT_THAT(longer, IsOk());
  EXPECT_TRUE(std::equal(narrow->value.begin(), narrow->value.end(), longer->value.begin()));
  for (const std::size_t size : {0u, 65'537u}) {
    EXPECT_THAT(module_->Shake(ShakeAlgorithm::kShake128, {}, size),
                IsError(Code::kInvalidArgument));
  }
}

TEST_F(KeylessTest, OneShotAndPiecesCarryTheIndicator) {
  const auto whole = module_->Hash(DigestAlgorithm::kSha384, AsBytes("abc"));
  ASSERT_THAT(whole, IsOk());
  EXPECT_TRUE(whole->indicator.approved());
  EXPECT_EQ(ToHex(whole->value), kSha384Abc);
  auto digest = module_->BeginDigest(DigestAlgorithm::kSha384);
  ASSERT_THAT(digest, IsOk());
  EXPECT_THAT((*digest)->Update(AsBytes("abc")), IsOk());
  const auto pieces = (*digest)->FinishApproved();
  ASSERT_THAT(pieces, IsOk());
  EXPECT_TRUE(pieces->indicator.approved());
  EXPECT_EQ(pieces->value, whole->value);
}

// Requirement: ind-deny
TEST_F(KeylessTest, DigestThatIsNotInTheListIsRefused) {
  const auto none = static_cast<DigestAlgorithm>(kDigestAlgorithmCount);
  EXPECT_THAT(module_->Hash(none, {}), IsError(Code::kUnsupported));
  EXPECT_THAT(module_->BeginDigest(none), IsError(Code::kUnsupported));
  EXPECT_THAT(module_->Shake(static_cast<ShakeAlgorithm>(2), {}, 1), IsError(Code::kUnsupported));
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
