// SPDX-License-Identifier: Apache-2.0
// Every way to a new key pair goes through the provider's pair-wise consistency test.
#include <gtest/gtest.h>
#include <openssl/self_test.h>

#include "ossl/pkey.h"
#include "ossl/self_test_fault.h"
#include "ossl/selftest.h"
#include "ossl/test_context.h"

namespace vallum::ossl {
namespace {

struct PairCase {
  KeyType type;
  const char* test;       ///< the name of its consistency test
  std::size_t seed_size;  ///< 0: it has none
};

constexpr std::array kPairs = {
    PairCase{{"RSA", nullptr, 2048}, "Conditional_PCT/RSA", 0},
    PairCase{{"EC", "P-256", 0}, "Conditional_PCT/ECDSA", 0},
    PairCase{{"EC", "P-384", 0}, "Conditional_PCT/ECDSA", 0},
    PairCase{{"EC", "P-521", 0}, "Conditional_PCT/ECDSA", 0},
    PairCase{{"ED25519", nullptr, 0}, "Conditional_PCT/EDDSA", 0},
    PairCase{{"ED448", nullptr, 0}, "Conditional_PCT/EDDSA", 0},
    PairCase{{"ML-DSA-65", nullptr, 0}, "Conditional_PCT/ML-DSA", 32},
    PairCase{{"ML-KEM-768", nullptr, 0}, "Conditional_PCT/ML-KEM", 64},
    PairCase{{"SLH-DSA-SHA2-128f", nullptr, 0}, "Conditional_PCT/SLH-DSA", 48},
};

// Requirement: pct-seen
TEST(ConsistencyTest, EveryGeneratedPairHasPassedOne) {
  for (const PairCase& pair : kPairs) {
    SCOPED_TRACE(pair.type.name);
    const SelfTestLog log;
    EXPECT_THAT(KeyPair::Generate(TestContext(), pair.type), IsOk());
    EXPECT_TRUE(log.HasPassed(OSSL_SELF_TEST_TYPE_PCT));
  }
}

// Requirement: pct-seen
TEST(ConsistencyTest, EveryPairFromASeedHasPassedOne) {
  for (const PairCase& pair : kPairs) {
    if (pair.seed_size == 0) continue;
    SCOPED_TRACE(pair.type.name);
    const SelfTestLog log;
    const Bytes seed(pair.seed_size, 0x29);
    EXPECT_THAT(KeyPair::FromRaw(TestContext(), pair.type, RawPart::kSeed, seed), IsOk());
    EXPECT_TRUE(log.HasPassed(OSSL_SELF_TEST_TYPE_PCT));
  }
}

// Requirement: pct-seen
TEST(ConsistencyTest, ACorruptedOneGivesNoKey) {
  for (const PairCase& pair : kPairs) {
    SCOPED_TRACE(pair.type.name);
    const OwnProvider own;
    const auto context = LibraryContext::Load(own.options());
    ASSERT_THAT(context, IsOk());
    const SelfTestFault fault((*context)->get(), pair.test);
    EXPECT_FALSE(KeyPair::Generate(*context, pair.type).has_value());
    EXPECT_FALSE((*context)->ProviderRunning());
  }
}

// Requirement: pct-seen
TEST(ConsistencyTest, APairWhoseTestNobodySawIsThrownAway) {
  const OwnProvider own;
  const auto context = LibraryContext::Load(own.options());
  ASSERT_THAT(context, IsOk());
  OSSL_SELF_TEST_set_callback((*context)->get(), nullptr, nullptr);
  for (const PairCase& pair : kPairs) {
    SCOPED_TRACE(pair.type.name);
    EXPECT_THAT(KeyPair::Generate(*context, pair.type), IsError(Code::kSelfTestFailed));
    if (pair.seed_size == 0) continue;
    const Bytes seed(pair.seed_size, 0x29);
    EXPECT_THAT(KeyPair::FromRaw(*context, pair.type, RawPart::kSeed, seed),
                IsError(Code::kSelfTestFailed));
  }
}

}  // namespace
}  // namespace vallum::ossl
