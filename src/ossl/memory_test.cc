// SPDX-License-Identifier: Apache-2.0
// Key residue: after a key is freed, no 16 bytes of it are left in writable memory.
#include "ossl/memory.h"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/test_memory_scan.h"
#include "ossl/pkey.h"
#include "ossl/test_context.h"

namespace vallum::ossl {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kOwnHeap = false;  // the sanitizers' allocator does not use the searched region
#else
constexpr bool kOwnHeap = true;
#endif

// The needle is kept inverted, so that the search does not find the needle itself.
std::vector<std::uint8_t> Inverted(ByteSpan bytes) {
  std::vector<std::uint8_t> inverted(bytes.begin(), bytes.end());
  for (std::uint8_t& byte : inverted) byte = static_cast<std::uint8_t>(~byte);
  return inverted;
}

// Plain loop: a library search might copy the needle.
__attribute__((noinline)) bool MatchesInverted(const std::uint8_t* at,
                                               const std::vector<std::uint8_t>& inverted) {
  for (std::size_t i = 0; i < inverted.size(); ++i) {
    if (static_cast<std::uint8_t>(~at[i]) != inverted[i]) return false;
  }
  return true;
}

int CountInHeap(const std::vector<std::uint8_t>& inverted) {
  std::ifstream maps("/proc/self/maps");
  int found = 0;
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0;
    unsigned long end = 0;
    if (line.find("[heap]") == std::string::npos) continue;
    if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) != 2) continue;
    const auto* first = reinterpret_cast<const std::uint8_t*>(begin);
    const auto* last = reinterpret_cast<const std::uint8_t*>(end) - inverted.size();
    for (const std::uint8_t* at = first; at <= last; ++at) {
      if (MatchesInverted(at, inverted)) ++found;
    }
  }
  return found;
}

// Imports and frees a P-256 key as an application would: a parameter list with a BIGNUM in it.
void ImportEcByParameters(ByteSpan scalar, ByteSpan point) {
  BIGNUM* number = BN_bin2bn(scalar.data(), static_cast<int>(scalar.size()), nullptr);
  OSSL_PARAM_BLD* list = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_utf8_string(list, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_PRIV_KEY, number);
  OSSL_PARAM_BLD_push_octet_string(list, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  OSSL_PARAM* params = OSSL_PARAM_BLD_to_param(list);
  EVP_PKEY_CTX* import = EVP_PKEY_CTX_new_from_name(TestContext()->get(), "EC", nullptr);
  EVP_PKEY* key = nullptr;
  EXPECT_EQ(EVP_PKEY_fromdata_init(import), 1);
  EXPECT_EQ(EVP_PKEY_fromdata(import, &key, EVP_PKEY_KEYPAIR, params), 1);
  EVP_PKEY_free(key);
  EVP_PKEY_CTX_free(import);
  OSSL_PARAM_free(params);
  OSSL_PARAM_BLD_free(list);
  BN_free(number);
}

TEST(MemoryTest, FreedBlocksAreWiped) {
  if (!kOwnHeap) GTEST_SKIP() << "needs the C library's own heap";
  (void)TestContext();
  constexpr std::size_t kSize = 4096;
  auto* block = static_cast<std::uint8_t*>(OPENSSL_malloc(kSize));
  ASSERT_NE(block, nullptr);
  std::memset(block, 0x5C, kSize);
  const std::vector<std::uint8_t> needle = Inverted(ByteSpan(block + 64, 16));
  EXPECT_GT(CountInHeap(needle), 0) << "the search must find what is there";
  OPENSSL_free(block);
  EXPECT_EQ(CountInHeap(needle), 0);
}

TEST(MemoryTest, ReallocationKeepsContentAndLeavesNothing) {
  (void)TestContext();
  void* block = OPENSSL_malloc(32);
  std::memcpy(block, "0123456789abcdef0123456789abcde", 32);
  block = OPENSSL_realloc(block, 100'000);
  ASSERT_NE(block, nullptr);
  EXPECT_STREQ(static_cast<char*>(block), "0123456789abcdef0123456789abcde");
  EXPECT_EQ(OPENSSL_realloc(block, 0), nullptr);
}

TEST(MemoryTest, ImportedEcKeyLeavesNothingBehind) {
  if (!kOwnHeap) GTEST_SKIP() << "needs the C library's own heap";
  std::vector<std::uint8_t> needle;
  {
    auto made = KeyPair::Generate(TestContext(), {"EC", "P-256", 0});
    ASSERT_THAT(made, IsOk());
    auto der = (*made)->ToPkcs8();
    ASSERT_THAT(der, IsOk());
    // The private scalar of a P-256 PrivateKeyInfo begins at offset 36.
    needle = Inverted(der->span().subspan(36, 16));
    ASSERT_THAT(KeyPair::FromForeignPkcs8(TestContext(), {"EC", "P-256", 0}, der->span()), IsOk());
  }
  EXPECT_EQ(CountInHeap(needle), 0);
}

// Requirement: evp-residue
// The way that leaves 16 bytes of the key on the heap with libcrypto's own allocator.
TEST(MemoryTest, EcKeyImportedByParametersLeavesNothingBehind) {
  if (!kMemoryIsOurs) GTEST_SKIP() << "needs the C library's own heap";
  MemoryScan scan;
  {
    auto made = KeyPair::Generate(TestContext(), {"EC", "P-256", 0});
    ASSERT_THAT(made, IsOk());
    auto der = (*made)->ToPkcs8();
    ASSERT_THAT(der, IsOk());
    const ByteSpan scalar = der->span().subspan(36, 32);
    scan.Add(scalar);
    const Bytes spki = (*made)->ToSpki().value();
    ImportEcByParameters(scalar, ByteSpan(spki).last(65));
    EXPECT_THAT(scan.InThisProcess(), testing::Not(testing::IsEmpty()));
  }
  EXPECT_THAT(scan.InThisProcess(), testing::IsEmpty());
}

}  // namespace
}  // namespace vallum::ossl
