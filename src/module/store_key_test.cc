// SPDX-License-Identifier: Apache-2.0
#include "module/store_key.h"

#include "module/test_module.h"

namespace vallum::module {
namespace {

class StoreKeyTest : public ModuleTest {
 protected:
  void SetUp() override {
    ModuleTest::SetUp();
    root_ = module_->GenerateRootKey().value();
    kek_ = module_->CreateKek(root_).value();
    store_ = OpenStoreKey(*module_, root_, kek_).value();
  }

  NewKey Make(const KeyId& id) {
    return module_->GenerateKey({.algorithm = Algorithm::kEcP256}, id, 1).value().value;
  }

  SecretBytes root_;
  Bytes kek_;
  StoreKeyRef store_;
};

TEST_F(StoreKeyTest, AKeySealedForAStoreOpensWithThatStoreAgain) {
  const KeyId id = NewId();
  const NewKey made = Make(id);
  const Bytes blob = SealForStore(*module_, *store_, made.blob, id, 1).value();
  const StoreKeyRef again = OpenStoreKey(*module_, root_, kek_).value();
  const auto opened = OpenStoredKey(*module_, *again, blob, id, 1);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(AttributesOf(**opened), AttributesOf(*made.key));
  EXPECT_EQ(module_->PublicKey(**opened).value(), module_->PublicKey(*made.key).value());
}

TEST_F(StoreKeyTest, TwoStoresDoNotOpenEachOthersKeys) {
  const KeyId id = NewId();
  const Bytes blob = SealForStore(*module_, *store_, Make(id).blob, id, 1).value();
  const SecretBytes other_root = module_->GenerateRootKey().value();
  const StoreKeyRef other =
      OpenStoreKey(*module_, other_root, module_->CreateKek(other_root).value()).value();
  EXPECT_THAT(OpenStoredKey(*module_, *other, blob, id, 1), IsError(Code::kIntegrity));
  EXPECT_THAT(module_->OpenKey(blob, id, 1), IsError(Code::kIntegrity));
}

TEST_F(StoreKeyTest, TheWrongRootKeyOpensNothing) {
  const SecretBytes other = module_->GenerateRootKey().value();
  EXPECT_THAT(OpenStoreKey(*module_, other, kek_), IsError(Code::kIntegrity));
}

TEST_F(StoreKeyTest, ABlobOfAnotherIdOrVersionIsRefused) {
  const KeyId id = NewId();
  const NewKey made = Make(id);
  EXPECT_THAT(SealForStore(*module_, *store_, made.blob, NewId(), 1), IsError(Code::kIntegrity));
  const Bytes blob = SealForStore(*module_, *store_, made.blob, id, 1).value();
  EXPECT_THAT(OpenStoredKey(*module_, *store_, blob, NewId(), 1), IsError(Code::kIntegrity));
  EXPECT_THAT(OpenStoredKey(*module_, *store_, blob, id, 2), IsError(Code::kIntegrity));
}

TEST_F(StoreKeyTest, AnAlteredBlobIsRefused) {
  const KeyId id = NewId();
  Bytes blob = SealForStore(*module_, *store_, Make(id).blob, id, 1).value();
  blob.back() ^= 1;
  EXPECT_THAT(OpenStoredKey(*module_, *store_, blob, id, 1), IsError(Code::kIntegrity));
}

TEST_F(StoreKeyTest, ZeroisationTakesTheStoreKeyFromItsHolders) {
  const KeyId id = NewId();
  const Bytes blob = SealForStore(*module_, *store_, Make(id).blob, id, 1).value();
  const auto report = ZeroiseAll(*module_);
  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->verified);
  ASSERT_THAT(module_->UnsealEphemeral(), IsOk());
  EXPECT_THAT(OpenStoredKey(*module_, *store_, blob, id, 1), IsError(Code::kKeyState));
}

}  // namespace
}  // namespace vallum::module
