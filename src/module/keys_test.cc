// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "module/test_module.h"

namespace vallum::module {
namespace {

using KeysTest = ModuleTest;

TEST_F(KeysTest, EveryAlgorithmIsMadeAndOpenedAgain) {
  for (const Algorithm algorithm : Algorithms()) {
    if (algorithm == Algorithm::kRsa4096) continue;  // seconds each, and like rsa-3072
    SCOPED_TRACE(Name(algorithm));
    const KeyId id = NewId();
    const auto made = module_->GenerateKey({.algorithm = algorithm, .usages = {}}, id, 3);
    ASSERT_THAT(made, IsOk());
    EXPECT_TRUE(made->indicator.approved());
    const KeyAttributes& attributes = AttributesOf(*made->value.key);
    EXPECT_EQ(attributes.usages, DefaultUsages(algorithm));
    EXPECT_EQ(attributes.origin, Origin::kGenerated);
    const auto opened = module_->OpenKey(made->value.blob, id, 3);
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(AttributesOf(**opened), attributes);
    if (!IsAsymmetric(algorithm)) continue;
    const auto first = module_->PublicKey(*made->value.key);
    const auto second = module_->PublicKey(**opened);
    ASSERT_THAT(first, IsOk());
    ASSERT_THAT(second, IsOk());
    EXPECT_EQ(*first, *second);
  }
}

TEST_F(KeysTest, OpenedKeyVerifiesWhatTheMadeOneSigned) {
  for (const Algorithm algorithm : {Algorithm::kEcP521, Algorithm::kEd25519, Algorithm::kMlDsa65}) {
    const KeyId id = NewId();
    const auto made = module_->GenerateKey({.algorithm = algorithm, .usages = {}}, id, 1);
    ASSERT_THAT(made, IsOk());
    const auto opened = module_->OpenKey(made->value.blob, id, 1);
    ASSERT_THAT(opened, IsOk());
    const auto signature = module_->Sign(**opened, Scheme::kDefault, AsBytes("m"));
    ASSERT_THAT(signature, IsOk());
    EXPECT_THAT(module_->Verify(*made->value.key, Scheme::kDefault, AsBytes("m"), signature->value),
                IsOk());
  }
}

TEST_F(KeysTest, EachFlippedBitOfABlobIsRefused) {
  const KeyId id = NewId();
  const auto made = module_->GenerateKey({.algorithm = Algorithm::kAes256Gcm, .usages = {}}, id, 1);
  ASSERT_THAT(made, IsOk());
  for (std::size_t i = 0; i < made->value.blob.size() * 8; ++i) {
    Bytes altered = made->value.blob;
    altered[i / 8] ^= static_cast<std::uint8_t>(1u << i % 8);
    EXPECT_THAT(module_->OpenKey(altered, id, 1), IsError(Code::kIntegrity)) << "bit " << i;
  }
}

TEST_F(KeysTest, BlobOfAnotherRowIsRefused) {
  const KeyId one = NewId();
  const KeyId two = NewId();
  const auto made =
      module_->GenerateKey({.algorithm = Algorithm::kAes256Gcm, .usages = {}}, one, 1);
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(module_->OpenKey(made->value.blob, two, 1), IsError(Code::kIntegrity));
  EXPECT_THAT(module_->OpenKey(made->value.blob, one, 2), IsError(Code::kIntegrity));
  EXPECT_THAT(module_->OpenKey(made->value.blob, one, 1), IsOk());
}

TEST_F(KeysTest, UsagesThatDoNotFitAreRefused) {
  EXPECT_THAT(module_->GenerateKey({.algorithm = Algorithm::kAes256Gcm, .usages = Usage::kSign},
                                   NewId(), 1),
              IsError(Code::kInvalidArgument));
}

TEST_F(KeysTest, VersionZeroIsRefused) {
  EXPECT_THAT(module_->GenerateKey({}, NewId(), 0), IsError(Code::kInvalidArgument));
}

TEST_F(KeysTest, SymmetricKeyHasNoPublicKey) {
  const KeyRef key = MakeKey(Algorithm::kHmacSha512);
  EXPECT_THAT(module_->PublicKey(*key), IsError(Code::kUnsupported));
}

TEST_F(KeysTest, EnteredKeyWorksAndIsOfThisProcessOnly) {
  const auto material = module_->GenerateRootKey();
  ASSERT_THAT(material, IsOk());
  const auto entered =
      module_->EnterKey({.algorithm = Algorithm::kAes256Gcm, .usages = {}}, *material);
  ASSERT_THAT(entered, IsOk());
  EXPECT_TRUE(entered->indicator.approved());
  EXPECT_EQ(AttributesOf(*entered->value).origin, Origin::kEntered);
  module_->GrantInvocations(*entered->value, 0, 1);
  EXPECT_THAT(module_->Encrypt(*entered->value, AsBytes("x"), {}), IsOk());
}

TEST_F(KeysTest, EnteredKeyOfWrongSizeOrKindIsRefused) {
  const auto sixteen = SecretBytes::Create(16);
  ASSERT_THAT(sixteen, IsOk());
  EXPECT_THAT(module_->EnterKey({.algorithm = Algorithm::kAes256Gcm, .usages = {}}, *sixteen),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->EnterKey({.algorithm = Algorithm::kEcP256, .usages = {}}, *sixteen),
              IsError(Code::kUnsupported));
  EXPECT_THAT(module_->EnterKey({.algorithm = Algorithm::kHmacSha256, .usages = {}}, SecretBytes()),
              IsError(Code::kNotApproved));
}

TEST_F(KeysTest, KeyPairsComeWithAPassedConsistencyTest) {
  // Whether the provider reported it is checked inside GenerateKey; ossl/pkey_test.cc shows that a
  // failed one gives no key.
  std::set<Bytes> publics;
  for (int i = 0; i < 3; ++i) {
    const KeyRef key = MakeKey(Algorithm::kEcP256);
    publics.insert(*module_->PublicKey(*key));
  }
  EXPECT_EQ(publics.size(), 3u);
}

}  // namespace
}  // namespace vallum::module
