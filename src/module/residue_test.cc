// SPDX-License-Identifier: Apache-2.0
// Requirement: evp-residue
// After keys were used and freed, no 16 bytes of them are left anywhere in writable memory: heap,
// data, the stacks of all threads. For every algorithm of the approved table.
#include <cstring>
#include <thread>

#include "base/test_memory_scan.h"
#include "module/approved_table.h"
#include "module/impl.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

using testing::IsEmpty;
using testing::Not;

// Where the secret begins in a PKCS#8 file: what is before is the same in every key of its kind.
std::size_t SecretOffset(const AlgorithmFacts& facts) {
  if (facts.provider_name == nullptr) return 0;
  return facts.family == Family::kEdwards ? 16 : 40;
}

class ResidueTest : public ModuleTest {
 protected:
  void SetUp() override {
    ModuleTest::SetUp();
    if (!kMemoryIsOurs) GTEST_SKIP() << "needs the C library's own heap";
  }

  static void AddMaterial(MemoryScan& scan, const Key& key) {
    auto material = key.ExportMaterial();
    ASSERT_THAT(material, IsOk());
    Bytes known;
    if (key.pair() != nullptr) known = module_->PublicKey(key).value();
    if (key.facts().family == Family::kMlKem) {
      // A decapsulation key ends in the hash of the public key, which is no secret, and z (FIPS 203).
      Append(known, material->span().last(64).first(32));
    }
    scan.Add(material->span().subspan(SecretOffset(key.facts())), known);
  }

  static void UseOnce(Key& key) {
    const Usages usages = key.attributes().usages;
    const Bytes message(100, 0x4D);
    if (usages.Has(Usage::kSign)) {
      EXPECT_THAT(module_->Sign(key, Scheme::kDefault, message), IsOk());
    }
    if (usages.Has(Usage::kMac)) {
      EXPECT_THAT(module_->Mac(key, message), IsOk());
    }
    if (usages.Has(Usage::kDecapsulate)) {
      auto sent = module_->Encapsulate(key);
      ASSERT_THAT(sent, IsOk());
      EXPECT_THAT(module_->Decapsulate(key, sent->value.ciphertext), IsOk());
    }
    if (key.facts().family == Family::kGcm) {
      EXPECT_THAT(module_->GrantInvocations(key, 0, 10), IsOk());
      auto sealed = module_->Encrypt(key, message, {});
      ASSERT_THAT(sealed, IsOk());
      EXPECT_THAT(
          module_->Decrypt(key, sealed->value.iv, sealed->value.data, sealed->value.tag, {}),
          IsOk());
    }
  }
};

TEST_F(ResidueTest, NoKeyOfAnyAlgorithmStaysBehind) {
  for (const AlgorithmFacts& facts : kAlgorithms) {
    SCOPED_TRACE(facts.name);
    MemoryScan scan;
    {
      const KeyRef key = MakeKey(facts.algorithm, {}, true);
      ASSERT_NE(key, nullptr);
      AddMaterial(scan, *key);
      UseOnce(*key);
      EXPECT_THAT(scan.InThisProcess(), Not(IsEmpty())) << "the search must find a live key";
    }
    EXPECT_THAT(scan.InThisProcess(), IsEmpty());
  }
}

TEST_F(ResidueTest, NothingStaysBehindOnTheStackOfAnotherThread) {
  MemoryScan scan;
  std::atomic<int> step{0};
  std::thread user([&] {
    {
      const KeyRef key = MakeKey(Algorithm::kEcP256, {}, true);
      AddMaterial(scan, *key);
      UseOnce(*key);
    }
    step = 1;
    step.notify_all();
    step.wait(1);
  });
  step.wait(0);
  EXPECT_THAT(scan.InThisProcess(), IsEmpty());
  step = 2;
  step.notify_all();
  user.join();
}

TEST_F(ResidueTest, ImportedKeysStayNeitherWrappedNorPlain) {
  const KeyRef wrapping = MakeKey(Algorithm::kAes256Kwp);
  for (const Algorithm algorithm :
       {Algorithm::kEcP256, Algorithm::kEcP384, Algorithm::kRsa2048, Algorithm::kAes256Gcm}) {
    SCOPED_TRACE(Name(algorithm));
    MemoryScan scan;
    {
      const KeyRef key = MakeKey(algorithm, {}, true);
      AddMaterial(scan, *key);
      auto wrapped = module_->WrapKey(*wrapping, *key);
      ASSERT_THAT(wrapped, IsOk());
      auto entered = module_->UnwrapKey(*wrapping, wrapped->value,
                                        {.algorithm = algorithm, .usages = {}}, NewId(), 1);
      ASSERT_THAT(entered, IsOk());
      UseOnce(*entered->value.key);
    }
    EXPECT_THAT(scan.InThisProcess(), IsEmpty());
  }
}

TEST_F(ResidueTest, ACopyThatNobodyWipedIsFound) {
  MemoryScan scan;
  const KeyRef key = MakeKey(Algorithm::kAes256Kwp, {}, true);
  scan.Add(key->raw());
  const std::size_t live = scan.InThisProcess().size();
  // Far into the block, and with a neighbour, so that nobody reuses or returns the place meanwhile.
  constexpr std::size_t kSize = 96 << 10;
  auto* copy = static_cast<std::uint8_t*>(std::malloc(kSize));
  void* neighbour = std::malloc(64);
  std::memcpy(copy + kSize - 64, key->raw().data(), key->raw().size());
  asm volatile("" : : "r"(copy) : "memory");  // or the compiler sees that nobody reads it
  std::free(copy);
  EXPECT_GT(scan.InThisProcess().size(), live);
  copy = static_cast<std::uint8_t*>(std::malloc(kSize));
  Wipe(copy, kSize);
  std::free(copy);
  std::free(neighbour);
}

}  // namespace
}  // namespace vallum::module
