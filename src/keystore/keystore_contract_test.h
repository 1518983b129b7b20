// SPDX-License-Identifier: Apache-2.0
// What every Keystore must do. An implementation's test instantiates the suite with a factory:
//   INSTANTIATE_TEST_SUITE_P(Sqlite, KeystoreContractTest, testing::Values(&MakeSqliteFixture));
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "keystore/keystore.h"

namespace vallum::keystore {

/// StoreFixture keeps a fresh, empty store and whatever it needs to exist.
class StoreFixture {
 public:
  virtual ~StoreFixture() = default;
  virtual Keystore& store() = 0;
};

class KeystoreContractTest : public testing::TestWithParam<std::unique_ptr<StoreFixture> (*)()> {
 protected:
  KeystoreContractTest() : fixture_(GetParam()()) {}
  Keystore& store() { return fixture_->store(); }

 private:
  std::unique_ptr<StoreFixture> fixture_;
};

inline Bytes Value(std::string_view text) { return ToBytes(AsBytes(text)); }

}  // namespace vallum::keystore
