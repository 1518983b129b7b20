// SPDX-License-Identifier: Apache-2.0
#include "module/test_module.h"

namespace vallum::module {
namespace {

using KemTest = ModuleTest;

TEST_F(KemTest, BothSidesGetTheSameSecret) {
  for (const Algorithm algorithm :
       {Algorithm::kMlKem512, Algorithm::kMlKem768, Algorithm::kMlKem1024}) {
    const KeyRef key = MakeKey(algorithm);
    for (int again = 0; again < 2; ++again) {
      const auto sent = module_->Encapsulate(*key);
      ASSERT_THAT(sent, IsOk());
      EXPECT_TRUE(sent->indicator.approved());
      const auto received = module_->Decapsulate(*key, sent->value.ciphertext);
      ASSERT_THAT(received, IsOk());
      EXPECT_EQ(received->value.size(), 32u);
      EXPECT_TRUE(received->value == sent->value.shared_secret);
    }
  }
}

TEST_F(KemTest, AlteredCiphertextGivesAnUnrelatedSecret) {
  const KeyRef key = MakeKey(Algorithm::kMlKem768);
  auto sent = module_->Encapsulate(*key);
  ASSERT_THAT(sent, IsOk());
  sent->value.ciphertext[100] ^= 1;
  const auto received = module_->Decapsulate(*key, sent->value.ciphertext);
  ASSERT_THAT(received, IsOk());
  EXPECT_FALSE(received->value == sent->value.shared_secret);
}

TEST_F(KemTest, CiphertextOfWrongSizeIsRefused) {
  const KeyRef key = MakeKey(Algorithm::kMlKem768);
  EXPECT_THAT(module_->Decapsulate(*key, Bytes(1087)), IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->Decapsulate(*key, {}), IsError(Code::kInvalidArgument));
}

TEST_F(KemTest, UsageAndFamilyAreEnforced) {
  const KeyRef key = MakeKey(Algorithm::kMlKem512, Usage::kEncapsulate);
  EXPECT_THAT(module_->Decapsulate(*key, Bytes(768)), IsError(Code::kKeyUsage));
  const KeyRef ec = MakeKey(Algorithm::kEcP256);
  EXPECT_THAT(module_->Encapsulate(*ec), IsError(Code::kUnsupported));
}

}  // namespace
}  // namespace vallum::module
