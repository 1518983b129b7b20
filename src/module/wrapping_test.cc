// SPDX-License-Identifier: Apache-2.0
#include "module/test_module.h"

namespace vallum::module {
namespace {

class WrappingTest : public ModuleTest {
 protected:
  static Result<Approved<NewKey>> Unwrap(Key& kwp, ByteSpan wrapped, Algorithm algorithm,
                                         bool extractable = false) {
    return module_->UnwrapKey(kwp, wrapped,
                              {.algorithm = algorithm, .usages = {}, .extractable = extractable},
                              NewId(), 1);
  }
};

TEST_F(WrappingTest, EveryAlgorithmGoesOutAndComesBack) {
  const KeyRef kwp = MakeKey(Algorithm::kAes256Kwp);
  for (const Algorithm algorithm : Algorithms()) {
    if (algorithm == Algorithm::kRsa3072 || algorithm == Algorithm::kRsa4096) continue;
    SCOPED_TRACE(Name(algorithm));
    const KeyRef key = MakeKey(algorithm, {}, true);
    const auto wrapped = module_->WrapKey(*kwp, *key);
    ASSERT_THAT(wrapped, IsOk());
    EXPECT_TRUE(wrapped->indicator.approved());
    const auto back = Unwrap(*kwp, wrapped->value, algorithm);
    ASSERT_THAT(back, IsOk());
    EXPECT_TRUE(back->indicator.approved());
    const KeyAttributes& attributes = AttributesOf(*back->value.key);
    EXPECT_EQ(attributes.origin, Origin::kImportedWrapped);
    EXPECT_THAT(module_->OpenKey(back->value.blob, attributes.id, 1), IsOk());
    if (IsAsymmetric(algorithm)) {
      EXPECT_EQ(*module_->PublicKey(*key), *module_->PublicKey(*back->value.key));
    }
  }
}

TEST_F(WrappingTest, KeyThatIsNotExtractableStays) {
  const KeyRef kwp = MakeKey(Algorithm::kAes256Kwp);
  const KeyRef key = MakeKey(Algorithm::kAes256Gcm);
  EXPECT_THAT(module_->WrapKey(*kwp, *key), IsError(Code::kNotExportable));
  const KeyRef exportable = MakeKey(Algorithm::kAes256Gcm, {}, true);
  const auto wrapped = module_->WrapKey(*kwp, *exportable);
  ASSERT_THAT(wrapped, IsOk());
  const auto back = Unwrap(*kwp, wrapped->value, Algorithm::kAes256Gcm);
  ASSERT_THAT(back, IsOk());
  EXPECT_THAT(module_->WrapKey(*kwp, *back->value.key), IsError(Code::kNotExportable));
}

TEST_F(WrappingTest, AlteredOrForeignWrappingIsRefused) {
  const KeyRef kwp = MakeKey(Algorithm::kAes256Kwp);
  const KeyRef other = MakeKey(Algorithm::kAes256Kwp);
  const KeyRef key = MakeKey(Algorithm::kAes256Gcm, {}, true);
  auto wrapped = module_->WrapKey(*kwp, *key);
  ASSERT_THAT(wrapped, IsOk());
  EXPECT_THAT(Unwrap(*other, wrapped->value, Algorithm::kAes256Gcm), IsError(Code::kVerifyFailed));
  for (std::size_t i = 0; i < wrapped->value.size(); ++i) {
    Bytes altered = wrapped->value;
    altered[i] ^= 1;
    EXPECT_THAT(Unwrap(*kwp, altered, Algorithm::kAes256Gcm), IsError(Code::kVerifyFailed));
  }
  for (const std::size_t size : {0u, 8u, 15u, 17u}) {
    EXPECT_THAT(Unwrap(*kwp, Bytes(size), Algorithm::kAes256Gcm), IsError(Code::kInvalidArgument));
  }
}

TEST_F(WrappingTest, MaterialOfAnotherAlgorithmIsRefused) {
  const KeyRef kwp = MakeKey(Algorithm::kAes256Kwp);
  const KeyRef aes = MakeKey(Algorithm::kAes256Gcm, {}, true);
  const KeyRef p256 = MakeKey(Algorithm::kEcP256, {}, true);
  const auto wrapped_aes = module_->WrapKey(*kwp, *aes);
  const auto wrapped_ec = module_->WrapKey(*kwp, *p256);
  ASSERT_THAT(wrapped_aes, IsOk());
  ASSERT_THAT(wrapped_ec, IsOk());
  EXPECT_THAT(Unwrap(*kwp, wrapped_aes->value, Algorithm::kAes128Gcm),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(Unwrap(*kwp, wrapped_aes->value, Algorithm::kEcP256),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(Unwrap(*kwp, wrapped_ec->value, Algorithm::kEcP384), IsError(Code::kInvalidArgument));
  EXPECT_THAT(Unwrap(*kwp, wrapped_ec->value, Algorithm::kRsa2048),
              IsError(Code::kInvalidArgument));
}

TEST_F(WrappingTest, UsagesOfTheWrappingKeyAreEnforced) {
  const KeyRef only_wrap = MakeKey(Algorithm::kAes256Kwp, Usage::kWrap);
  const KeyRef key = MakeKey(Algorithm::kAes256Gcm, {}, true);
  const auto wrapped = module_->WrapKey(*only_wrap, *key);
  ASSERT_THAT(wrapped, IsOk());
  EXPECT_THAT(Unwrap(*only_wrap, wrapped->value, Algorithm::kAes256Gcm), IsError(Code::kKeyUsage));
  const KeyRef gcm = MakeKey(Algorithm::kAes256Gcm);
  EXPECT_THAT(module_->WrapKey(*gcm, *key), IsError(Code::kUnsupported));
}

}  // namespace
}  // namespace vallum::module
