// SPDX-License-Identifier: Apache-2.0
#include "module/test_module.h"

namespace vallum::module {
namespace {

using MacTest = ModuleTest;

TEST_F(MacTest, EveryAlgorithmMakesAndVerifies) {
  for (const Algorithm algorithm :
       {Algorithm::kHmacSha256, Algorithm::kHmacSha384, Algorithm::kHmacSha512}) {
    const KeyRef key = MakeKey(algorithm);
    for (int again = 0; again < 3; ++again) {
      const auto mac = module_->Mac(*key, AsBytes("message"));
      ASSERT_THAT(mac, IsOk());
      EXPECT_TRUE(mac->indicator.approved());
      EXPECT_THAT(module_->VerifyMac(*key, AsBytes("message"), mac->value), IsOk());
      EXPECT_THAT(module_->VerifyMac(*key, AsBytes("massage"), mac->value),
                  IsError(Code::kVerifyFailed));
    }
  }
}

// RFC 4231, test case 3.
TEST_F(MacTest, MatchesRfc4231) {
  const auto material = SecretBytes::CopyOf(Bytes(20, 0xaa));
  ASSERT_THAT(material, IsOk());
  const Bytes message(50, 0xdd);
  const std::pair<Algorithm, std::string_view> expected[] = {
      {Algorithm::kHmacSha256, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {Algorithm::kHmacSha384,
       "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a"
       "34f"
       "27"},
      {Algorithm::kHmacSha512,
       "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e6"
       "7c8"
       "07b946a337bee8942674278859e13292fb"}};
  for (const auto& [algorithm, hex] : expected) {
    const auto key = module_->EnterKey({.algorithm = algorithm, .usages = {}}, *material);
    ASSERT_THAT(key, IsOk());
    const auto mac = module_->Mac(*key->value, message);
    ASSERT_THAT(mac, IsOk());
    EXPECT_EQ(ToHex(mac->value), hex);
  }
}

TEST_F(MacTest, TruncatedMacIsRefused) {
  const KeyRef key = MakeKey(Algorithm::kHmacSha256);
  const auto mac = module_->Mac(*key, AsBytes("m"));
  ASSERT_THAT(mac, IsOk());
  EXPECT_THAT(module_->VerifyMac(*key, AsBytes("m"), ByteSpan(mac->value).first(31)),
              IsError(Code::kVerifyFailed));
  EXPECT_THAT(module_->VerifyMac(*key, AsBytes("m"), {}), IsError(Code::kVerifyFailed));
}

TEST_F(MacTest, UsageAndFamilyAreEnforced) {
  const KeyRef verifier = MakeKey(Algorithm::kHmacSha256, Usage::kVerifyMac);
  EXPECT_THAT(module_->Mac(*verifier, {}), IsError(Code::kKeyUsage));
  const KeyRef aes = MakeKey(Algorithm::kAes256Gcm);
  EXPECT_THAT(module_->Mac(*aes, {}), IsError(Code::kUnsupported));
}

}  // namespace
}  // namespace vallum::module
