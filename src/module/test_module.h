// SPDX-License-Identifier: Apache-2.0
// For tests: a running module on the fips.so of the build tree. Never part of a product.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/test_matchers.h"
#include "module/module.h"

#ifndef VALLUM_BINARY_DIR  // vallum_test() defines it
#define VALLUM_BINARY_DIR "."
#endif

namespace vallum::module {

/// TestConfig names the build's own provider and its profile.
inline ModuleConfig TestConfig(Policy policy = Policy::kOnly) {
  const std::filesystem::path folder = std::filesystem::path(VALLUM_BINARY_DIR) / "lib/vallum";
  return {.provider_path = folder / "fips.so",
          .profile = LoadProfile(folder / "fips-profile.toml").value(),
          .policy = policy};
}

/// StartForTest returns an operational module with an ephemeral key-encryption key.
inline std::unique_ptr<Module> StartForTest(Policy policy = Policy::kOnly) {
  auto module = Module::Start(TestConfig(policy));
  EXPECT_THAT(module, IsOk());
  if (!module) return nullptr;
  EXPECT_THAT((*module)->UnsealEphemeral(), IsOk());
  return *std::move(module);
}

/// IsSlow tells algorithms whose keys take long to make or to sign with, and are like a faster one.
inline bool IsSlow(Algorithm algorithm) {
  const std::string_view name = Name(algorithm);
  if (name.starts_with("slh-dsa")) return algorithm != Algorithm::kSlhDsaSha2_128f;
  return algorithm == Algorithm::kRsa4096;
}

/// ModuleTest shares one operational module between the tests of a suite.
class ModuleTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { module_ = StartForTest().release(); }
  static void TearDownTestSuite() {
    delete module_;
    module_ = nullptr;
  }
  void SetUp() override { ASSERT_NE(module_, nullptr); }

  static KeyRef MakeKey(Algorithm algorithm, Usages usages = {}, bool extractable = false) {
    auto made = module_->GenerateKey(
        {.algorithm = algorithm, .usages = usages, .extractable = extractable}, NewId(), 1);
    EXPECT_THAT(made, IsOk());
    return made ? made->value.key : nullptr;
  }

  static KeyId NewId() {
    std::array<std::uint8_t, 16> bytes;
    EXPECT_TRUE(module_->Random(bytes));
    return KeyId(bytes);
  }

  static inline Module* module_ = nullptr;
};

}  // namespace vallum::module
