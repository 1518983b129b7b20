// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "module/test_module.h"

namespace vallum::module {
namespace {

using KeysTest = ModuleTest;

TEST_F(KeysTest, EveryAlgorithmIsMadeAndOpenedAgain) {
  for (const Algorithm algorithm : Algorithms()) {
    if (IsSlow(algorithm)) continue;
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
  EXPECT_THAT(module_->GrantInvocations(*entered->value, 0, 1), IsOk());
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

// A good key of P-256, but with the curve's numbers (cofactor and all) instead of its name.
// Requirement: import-validation
TEST_F(KeysTest, PublicKeyWithExplicitCurveParametersIsRefused) {
  const Bytes spki =
      FromHex(
          "3082014b3082010306072a8648ce3d02013081f7020101302c06072a8648ce3d0101022100ffffffff00"
          "000001000000000000000000000000ffffffffffffffffffffffff305b0420ffffffff00000001000000"
          "000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd55769886bc651d06"
          "b0cc53b0f63bce3c3e27d2604b031500c49d360886e704936a6678e1139d26b7819f7e900441046b17d1"
          "f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c"
          "0f9e162bce33576b315ececbb6406837bf51f5022100ffffffff00000000ffffffffffffffffbce6faad"
          "a7179e84f3b9cac2fc632551020101034200045d6b2b7504bef84a76819b116392cf9f6e2f86757bbd1f"
          "76d0fa9bafd28d7a96273add14b0683f4d06893aee25f11bf9e19a0d2a444b127af4a868e1d5dd9517")
          .value();
  EXPECT_THAT(module_->EnterPublicKey(Algorithm::kEcP256, spki), IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::module
