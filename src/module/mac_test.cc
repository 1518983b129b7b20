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

struct KnownMac {
  Algorithm algorithm;
  std::string_view key, message, mac;
};

// RFC 4493, 4 (CMAC with AES-128), SP 800-38B, D.2 and D.3 (192, 256); RFC 4231, 1 (HMAC-SHA-224);
// NIST's HMAC_SHA3-256 sample 1.
constexpr KnownMac kKnownMacs[] = {
    {Algorithm::kAes128Cmac, "2b7e151628aed2a6abf7158809cf4f3c", "",
     "bb1d6929e95937287fa37d129b756746"},
    {Algorithm::kAes128Cmac, "2b7e151628aed2a6abf7158809cf4f3c",
     "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
     "dfa66747de9ae63030ca32611497c827"},
    {Algorithm::kAes192Cmac, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
     "6bc1bee22e409f96e93d7e117393172a", "9e99a7bf31e710900662f65e617c5184"},
    {Algorithm::kAes256, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "6bc1bee22e409f96e93d7e117393172a", "28a7023f452e8f82bd4bf28d8c37c35c"},
    {Algorithm::kHmacSha224, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
     "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22"},
    {Algorithm::kHmacSha3_256, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "53616d706c65206d65737361676520666f72206b65796c656e3c626c6f636b6c656e",
     "4fe8e202c4f058e8dddc23d8c34e467343e23555e24fc2f025d598f558f67205"}};

TEST_F(MacTest, MatchesThePublishedExamples) {
  for (const KnownMac& known : kKnownMacs) {
    SCOPED_TRACE(Name(known.algorithm));
    const auto key = module_->EnterKey({.algorithm = known.algorithm, .usages = {}},
                                       SecretBytes::CopyOf(FromHex(known.key).value()).value());
    ASSERT_THAT(key, IsOk());
    for (int again = 0; again < 2; ++again) {
      const auto mac = module_->Mac(*key->value, FromHex(known.message).value());
      ASSERT_THAT(mac, IsOk());
      EXPECT_TRUE(mac->indicator.approved());
      EXPECT_EQ(ToHex(mac->value), known.mac);
    }
  }
}

// NIST's KMAC samples 1, 2 (KMAC-128) and 4 (KMAC-256).
TEST_F(MacTest, KmacMatchesTheSamplesOfNist) {
  struct Sample {
    Algorithm algorithm;
    std::string_view customization;
    std::size_t size;
    std::string_view mac;
  };
  constexpr Sample kSamples[] = {
      {Algorithm::kKmac128, "", 32,
       "e5780b0d3ea6f7d3a429c5706aa43a00fadbd7d49628839e3187243f456ee14e"},
      {Algorithm::kKmac128, "My Tagged Application", 32,
       "3b1fba963cd8b0b59e8c1a6d71888b7143651af8ba0a7070c0979e2811324aa5"},
      {Algorithm::kKmac256, "My Tagged Application", 64,
       "20c570c31346f703c9ac36c61c03cb64c3970d0cfc787e9b79599d273a68d2f7"
       "f69d4cc3de9d104a351689f27cf6f5951f0103f33f4f24871024d9c27773a8dd"}};
  Bytes material(32);
  for (std::size_t i = 0; i < 32; ++i) material[i] = static_cast<std::uint8_t>(0x40 + i);
  for (const Sample& sample : kSamples) {
    const auto key = module_->EnterKey({.algorithm = sample.algorithm, .usages = {}},
                                       SecretBytes::CopyOf(material).value());
    ASSERT_THAT(key, IsOk());
    const MacParameters parameters{.customization = AsBytes(sample.customization),
                                   .size = sample.size};
    const auto mac = module_->MacWith(*key->value, parameters, FromHex("00010203").value());
    ASSERT_THAT(mac, IsOk());
    EXPECT_EQ(ToHex(mac->value), sample.mac);
    EXPECT_TRUE(mac->indicator.approved());
    EXPECT_THAT(
        module_->VerifyMacWith(*key->value, parameters, FromHex("00010203").value(), mac->value),
        IsOk());
    const MacParameters other{.customization = AsBytes("Other"), .size = sample.size};
    EXPECT_THAT(module_->VerifyMacWith(*key->value, other, FromHex("00010203").value(), mac->value),
                IsError(Code::kVerifyFailed));
  }
}

TEST_F(MacTest, CutMacIsTheStartOfTheWholeOneExceptForKmac) {
  for (const Algorithm algorithm :
       {Algorithm::kHmacSha512, Algorithm::kAes256Cmac, Algorithm::kKmac256}) {
    const KeyRef key = MakeKey(algorithm);
    const auto whole = module_->Mac(*key, AsBytes("m"));
    const auto cut = module_->MacWith(*key, {.size = 14}, AsBytes("m"));
    ASSERT_THAT(whole, IsOk());
    ASSERT_THAT(cut, IsOk());
    EXPECT_TRUE(cut->indicator.approved());
    ASSERT_EQ(cut->value.size(), 14u);
    const bool starts = std::equal(cut->value.begin(), cut->value.end(), whole->value.begin());
    EXPECT_EQ(starts, algorithm != Algorithm::kKmac256);
    EXPECT_THAT(module_->VerifyMacWith(*key, {.size = 14}, AsBytes("m"), cut->value), IsOk());
    EXPECT_THAT(module_->VerifyMac(*key, AsBytes("m"), cut->value), IsError(Code::kVerifyFailed));
  }
}

TEST_F(MacTest, SizesThatAreNoneAreRefused) {
  const KeyRef hmac = MakeKey(Algorithm::kHmacSha256);
  const KeyRef kmac = MakeKey(Algorithm::kKmac128);
  EXPECT_THAT(module_->MacWith(*hmac, {.size = 3}, {}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->MacWith(*hmac, {.size = 33}, {}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->MacWith(*kmac, {.size = 3}, {}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->MacWith(*kmac, {.size = 8193}, {}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->MacWith(*kmac, {.size = 8192}, {}), IsOk());
  EXPECT_THAT(module_->MacWith(*hmac, {.customization = AsBytes("x")}, {}),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->MacWith(*kmac, {.customization = Bytes(513)}, {}),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->MacWith(*kmac, {.customization = Bytes(512)}, {}), IsOk());
}

// Requirement: ind-deny
TEST_F(MacTest, MacsTooShortToBeApprovedAreRefused) {
  for (const auto& [algorithm, least] :
       {std::pair{Algorithm::kAes128Cmac, 8u}, {Algorithm::kKmac128, 14u}}) {
    const KeyRef key = MakeKey(algorithm);
    EXPECT_THAT(module_->MacWith(*key, {.size = least - 1}, {}),
                IsError(Code::kNotApproved, testing::HasSubstr("weak_parameters")));
    EXPECT_THAT(module_->MacWith(*key, {.size = least}, {}), IsOk());
  }
}

TEST_F(MacTest, UsageAndFamilyAreEnforced) {
  const KeyRef verifier = MakeKey(Algorithm::kHmacSha256, Usage::kVerifyMac);
  EXPECT_THAT(module_->Mac(*verifier, {}), IsError(Code::kKeyUsage));
  const KeyRef aes = MakeKey(Algorithm::kAes256Gcm);
  EXPECT_THAT(module_->Mac(*aes, {}), IsError(Code::kUnsupported));
}

}  // namespace
}  // namespace vallum::module
