// SPDX-License-Identifier: Apache-2.0
#include "module/agreement.h"

#include <gtest/gtest.h>

#include "module/test_module.h"

namespace vallum::module {
namespace {

using AgreementTest = ModuleTest;
constexpr KeySpec kSecret = {.algorithm = Algorithm::kGenericSecret, .extractable = true};

Bytes Hex(std::string_view text) { return FromHex(text).value(); }

std::string Plain(Module& module, const Key& key) {
  const auto out = ExportSecretKey(module, key);
  EXPECT_THAT(out, IsOk());
  return out ? ToHex(out->value.span()) : "";
}

// Requirement: ind-allow
TEST_F(AgreementTest, BothSidesGetOneSecretOfEachCurve) {
  for (const Algorithm algorithm : {Algorithm::kEcP256, Algorithm::kEcP384, Algorithm::kEcP521}) {
    SCOPED_TRACE(Name(algorithm));
    const KeyRef ours = MakeKey(algorithm, Usage::kDerive);
    const KeyRef theirs = MakeKey(algorithm, Usage::kDerive);
    const auto here = Agree(*module_, *ours, module_->PublicKey(*theirs).value(), kSecret);
    const auto there = Agree(*module_, *theirs, module_->PublicKey(*ours).value(), kSecret);
    ASSERT_THAT(here, IsOk());
    ASSERT_THAT(there, IsOk());
    EXPECT_TRUE(here->indicator.approved());
    EXPECT_EQ(AttributesOf(*here->value).origin, Origin::kDerived);
    EXPECT_EQ(Plain(*module_, *here->value), Plain(*module_, *there->value));
  }
}

// RFC 5903, 8.1.
// Requirement: algorithms-correct
TEST_F(AgreementTest, P256MatchesRfc5903) {
  const auto own = EnterKeyPair(
      *module_, {.algorithm = Algorithm::kEcP256, .usages = Usage::kDerive}, PrivateForm::kPkcs8,
      SecretBytes::CopyOf(
          Hex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420"
              "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"))
          .value());
  ASSERT_THAT(own, IsOk());
  const Bytes peer =
      Hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"
          "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
          "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab");
  const auto secret = Agree(*module_, *own->value, peer, kSecret);
  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(Plain(*module_, *secret->value),
            "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
}

TEST_F(AgreementTest, TheSecretDerivesKeysAndStaysInside) {
  const KeyRef ours = MakeKey(Algorithm::kEcP256, Usage::kDerive);
  const KeyRef theirs = MakeKey(Algorithm::kEcP256, Usage::kDerive);
  const auto secret = Agree(*module_, *ours, module_->PublicKey(*theirs).value(),
                            {.algorithm = Algorithm::kGenericSecret});
  ASSERT_THAT(secret, IsOk());
  EXPECT_THAT(ExportSecretKey(*module_, *secret->value), IsError(Code::kNotExportable));
  EXPECT_THAT(
      DeriveKey(*module_, *secret->value, Hkdf{}, {.algorithm = Algorithm::kAes256Gcm}, NewId(), 1),
      IsOk());
}

// Requirement: import-validation
TEST_F(AgreementTest, APeerOffTheCurveOrOfAnotherIsRefused) {
  const KeyRef ours = MakeKey(Algorithm::kEcP256, Usage::kDerive);
  Bytes off_curve = module_->PublicKey(*MakeKey(Algorithm::kEcP256)).value();
  off_curve.back() ^= 1;
  EXPECT_THAT(Agree(*module_, *ours, off_curve, kSecret), IsError(Code::kInvalidArgument));
  const Bytes other_curve = module_->PublicKey(*MakeKey(Algorithm::kEcP384)).value();
  EXPECT_THAT(Agree(*module_, *ours, other_curve, kSecret), IsError(Code::kInvalidArgument));
  EXPECT_THAT(Agree(*module_, *ours, {}, kSecret), IsError(Code::kInvalidArgument));
}

TEST_F(AgreementTest, AKeyThatSignsDoesNotAgreeUnlessAskedTo) {
  const KeyRef signer = MakeKey(Algorithm::kEcP256);
  const Bytes spki = module_->PublicKey(*signer).value();
  EXPECT_FALSE(AttributesOf(*signer).usages.Has(Usage::kDerive));
  EXPECT_THAT(Agree(*module_, *signer, spki, kSecret), IsError(Code::kKeyUsage));
  const KeyRef agreeing = MakeKey(Algorithm::kEcP256, Usage::kDerive);
  EXPECT_THAT(module_->Sign(*agreeing, Scheme::kDefault, AsBytes("m")), IsError(Code::kKeyUsage));
}

TEST_F(AgreementTest, OtherKeysAndOtherOutputsAreUnsupported) {
  const KeyRef ours = MakeKey(Algorithm::kEcP256, Usage::kDerive);
  const Bytes spki = module_->PublicKey(*ours).value();
  EXPECT_THAT(Agree(*module_, *ours, spki, {.algorithm = Algorithm::kAes256Gcm}),
              IsError(Code::kUnsupported));
  EXPECT_THAT(Agree(*module_, *MakeKey(Algorithm::kEd25519), spki, kSecret),
              IsError(Code::kUnsupported));
  EXPECT_THAT(Agree(*module_, *MakeKey(Algorithm::kGenericSecret), spki, kSecret),
              IsError(Code::kUnsupported));
}

TEST_F(AgreementTest, MlKemEstablishesKeysInside) {
  const KeyRef pair = MakeKey(Algorithm::kMlKem768);
  const auto sent = EncapsulateKey(*module_, *pair, {.algorithm = Algorithm::kHmacSha256});
  ASSERT_THAT(sent, IsOk());
  EXPECT_TRUE(sent->indicator.approved());
  const auto received = DecapsulateKey(*module_, *pair, sent->value.ciphertext,
                                       {.algorithm = Algorithm::kHmacSha256});
  ASSERT_THAT(received, IsOk());
  EXPECT_TRUE(received->indicator.approved());
  EXPECT_EQ(module_->Mac(*sent->value.key, AsBytes("m")).value().value,
            module_->Mac(*received->value, AsBytes("m")).value().value);
}

TEST_F(AgreementTest, MlKemFailuresGiveNoKey) {
  const KeyRef pair = MakeKey(Algorithm::kMlKem768);
  EXPECT_THAT(DecapsulateKey(*module_, *pair, Bytes(1087), kSecret),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(EncapsulateKey(*module_, *pair, {.algorithm = Algorithm::kAes128Gcm}),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(EncapsulateKey(*module_, *pair, {.algorithm = Algorithm::kEcP256}),
              IsError(Code::kUnsupported));
  const KeyRef sender = MakeKey(Algorithm::kMlKem512, Usage::kEncapsulate);
  EXPECT_THAT(DecapsulateKey(*module_, *sender, Bytes(768), kSecret), IsError(Code::kKeyUsage));
}

}  // namespace
}  // namespace vallum::module
