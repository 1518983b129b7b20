// SPDX-License-Identifier: Apache-2.0
#include "module/approved_table.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

using SigningTest = ModuleTest;
constexpr std::string_view kMessage = "the quick brown fox";

TEST_F(SigningTest, EverySchemeOfEveryAlgorithmSignsAndVerifies) {
  for (const Algorithm algorithm : Algorithms()) {
    const std::vector<Scheme> schemes = SchemesOf(algorithm, Operation::kSign);
    if (schemes.empty() || IsSlow(algorithm)) continue;
    const KeyRef key = MakeKey(algorithm);
    for (const Scheme scheme : schemes) {
      if (scheme == Scheme::kMlDsaMu) continue;  // takes no message
      SCOPED_TRACE(std::string(Name(algorithm)) + " " + std::string(Name(scheme)));
      for (int again = 0; again < 2; ++again) {
        const auto signature = module_->Sign(*key, scheme, AsBytes(kMessage));
        ASSERT_THAT(signature, IsOk());
        EXPECT_TRUE(signature->indicator.approved());
        const auto verified = module_->Verify(*key, scheme, AsBytes(kMessage), signature->value);
        ASSERT_THAT(verified, IsOk());
        EXPECT_TRUE(verified->approved());
        EXPECT_THAT(module_->Verify(*key, scheme, AsBytes("x"), signature->value),
                    IsError(Code::kVerifyFailed));
      }
    }
  }
}

TEST_F(SigningTest, DefaultSchemeIsTheFirst) {
  const KeyRef key = MakeKey(Algorithm::kEcP384);
  const auto signature = module_->Sign(*key, Scheme::kDefault, AsBytes(kMessage));
  ASSERT_THAT(signature, IsOk());
  EXPECT_THAT(module_->Verify(*key, Scheme::kEcdsaSha384, AsBytes(kMessage), signature->value),
              IsOk());
}

TEST_F(SigningTest, DigestAndMessageFormsAgree) {
  const KeyRef key = MakeKey(Algorithm::kEcP256);
  const auto digest = module_->Sha256({AsBytes(kMessage)});
  ASSERT_THAT(digest, IsOk());
  const auto signature = module_->SignDigest(*key, Scheme::kEcdsaSha256, *digest);
  ASSERT_THAT(signature, IsOk());
  EXPECT_THAT(module_->Verify(*key, Scheme::kEcdsaSha256, AsBytes(kMessage), signature->value),
              IsOk());
  EXPECT_THAT(module_->VerifyDigest(*key, Scheme::kEcdsaSha256, *digest, signature->value), IsOk());
}

TEST_F(SigningTest, DigestOfWrongSizeIsRefused) {
  const KeyRef key = MakeKey(Algorithm::kEcP256);
  EXPECT_THAT(module_->SignDigest(*key, Scheme::kEcdsaSha256, Bytes(20)),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->VerifyDigest(*key, Scheme::kEcdsaSha384, Bytes(32), Bytes(70)),
              IsError(Code::kInvalidArgument));
}

TEST_F(SigningTest, PureSchemesTakeNoDigest) {
  for (const Algorithm algorithm : {Algorithm::kEd25519, Algorithm::kMlDsa44}) {
    const KeyRef key = MakeKey(algorithm);
    EXPECT_THAT(module_->SignDigest(*key, Scheme::kDefault, Bytes(32)),
                IsError(Code::kUnsupported));
  }
}

TEST_F(SigningTest, FlippedAndMalformedSignaturesFailToVerify) {
  const KeyRef key = MakeKey(Algorithm::kEcP256);
  const auto signature = module_->Sign(*key, Scheme::kEcdsaSha256, AsBytes(kMessage));
  ASSERT_THAT(signature, IsOk());
  for (std::size_t i = 0; i < signature->value.size(); ++i) {
    Bytes flipped = signature->value;
    flipped[i] ^= 0x10;
    EXPECT_THAT(module_->Verify(*key, Scheme::kEcdsaSha256, AsBytes(kMessage), flipped),
                IsError(Code::kVerifyFailed));
  }
  EXPECT_THAT(module_->Verify(*key, Scheme::kEcdsaSha256, AsBytes(kMessage), {}),
              IsError(Code::kVerifyFailed));
}

TEST_F(SigningTest, HashWeakerThanTheCurveIsNotOffered) {
  const KeyRef key = MakeKey(Algorithm::kEcP384);
  EXPECT_THAT(module_->Sign(*key, Scheme::kEcdsaSha256, AsBytes(kMessage)),
              IsError(Code::kUnsupported));
}

TEST_F(SigningTest, SchemeOfAnotherAlgorithmIsUnsupported) {
  const KeyRef key = MakeKey(Algorithm::kEcP256);
  EXPECT_THAT(module_->Sign(*key, Scheme::kRsaPssSha256, AsBytes(kMessage)),
              IsError(Code::kUnsupported));
}

TEST_F(SigningTest, UsageIsEnforced) {
  const KeyRef signer = MakeKey(Algorithm::kEd25519, Usage::kSign);
  const KeyRef verifier = MakeKey(Algorithm::kEd25519, Usage::kVerify);
  const auto signature = module_->Sign(*signer, Scheme::kDefault, AsBytes(kMessage));
  ASSERT_THAT(signature, IsOk());
  EXPECT_THAT(module_->Verify(*signer, Scheme::kDefault, AsBytes(kMessage), signature->value),
              IsError(Code::kKeyUsage));
  EXPECT_THAT(module_->Sign(*verifier, Scheme::kDefault, AsBytes(kMessage)),
              IsError(Code::kKeyUsage));
}

TEST_F(SigningTest, AnEnteredPublicKeyVerifiesAndDoesNothingElse) {
  for (const Algorithm algorithm : {Algorithm::kEd25519, Algorithm::kEcP256, Algorithm::kMlDsa44}) {
    SCOPED_TRACE(std::string(Name(algorithm)));
    const KeyRef key = MakeKey(algorithm);
    const Bytes signature = module_->Sign(*key, Scheme::kDefault, AsBytes(kMessage)).value().value;
    const auto entered = module_->EnterPublicKey(algorithm, module_->PublicKey(*key).value());
    ASSERT_THAT(entered, IsOk());
    EXPECT_TRUE(entered->indicator.approved());
    Key& foreign = *entered->value;
    EXPECT_THAT(module_->Verify(foreign, Scheme::kDefault, AsBytes(kMessage), signature), IsOk());
    EXPECT_THAT(module_->Verify(foreign, Scheme::kDefault, AsBytes("x"), signature),
                IsError(Code::kVerifyFailed));
    EXPECT_THAT(module_->Sign(foreign, Scheme::kDefault, AsBytes(kMessage)),
                IsError(Code::kKeyUsage));
    EXPECT_THAT(ExportPrivateKeyPem(*module_, foreign), IsError(Code::kNotExportable));
  }
}

TEST_F(SigningTest, PublicKeysThatAreNotOfTheAlgorithmAreNotEntered) {
  const Bytes spki = module_->PublicKey(*MakeKey(Algorithm::kEcP256)).value();
  EXPECT_THAT(module_->EnterPublicKey(Algorithm::kEcP384, spki), IsError(Code::kInvalidArgument));
  Bytes longer = spki;
  longer.push_back(0);
  EXPECT_THAT(module_->EnterPublicKey(Algorithm::kEcP256, longer), IsError(Code::kInvalidArgument));
  Bytes off_curve = spki;
  off_curve.back() ^= 1;
  EXPECT_THAT(module_->EnterPublicKey(Algorithm::kEcP256, off_curve),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->EnterPublicKey(Algorithm::kAes256Gcm, spki), IsError(Code::kUnsupported));
  EXPECT_THAT(module_->EnterPublicKey(Algorithm::kMlKem768, spki), IsError(Code::kUnsupported));
}

}  // namespace
}  // namespace vallum::module
