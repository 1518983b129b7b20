// SPDX-License-Identifier: Apache-2.0
#include "ossl/context.h"

#include <openssl/evp.h>
#include <openssl/provider.h>

#include "ossl/digest.h"
#include "ossl/error.h"
#include "ossl/pkey.h"
#include "ossl/self_test_fault.h"
#include "ossl/selftest.h"
#include "ossl/test_context.h"

namespace vallum::ossl {
namespace {

TEST(ContextTest, LoadsFipsAndBaseAndNothingElse) {
  ossl_lib_ctx_st* context = TestContext()->get();
  EXPECT_EQ(OSSL_PROVIDER_available(context, "fips"), 1);
  EXPECT_EQ(OSSL_PROVIDER_available(context, "base"), 1);
  EXPECT_EQ(OSSL_PROVIDER_available(context, "default"), 0);
  EXPECT_TRUE(TestContext()->ProviderRunning());
}

TEST(ContextTest, DefaultContextOffersNothing) {
  (void)TestContext();
  EXPECT_EQ(OSSL_PROVIDER_available(nullptr, "null"), 1);
  EXPECT_EQ(OSSL_PROVIDER_available(nullptr, "default"), 0);
  EXPECT_EQ(Digest(EVP_MD_fetch(nullptr, "SHA256", nullptr)), nullptr);
  DrainErrors();
}

TEST(ContextTest, NotApprovedAlgorithmsAreNotThere) {
  for (const char* name : {"MD5", "RIPEMD160", "MD4"}) {
    EXPECT_EQ(Digest(EVP_MD_fetch(TestContext()->get(), name, nullptr)), nullptr) << name;
  }
  EXPECT_EQ(Cipher(EVP_CIPHER_fetch(TestContext()->get(), "ChaCha20-Poly1305", nullptr)), nullptr);
  DrainErrors();
}

TEST(ContextTest, LoadRunsAndLogsTheSelfTests) {
  const OwnProvider own;
  const SelfTestLog log;
  ASSERT_THAT(LibraryContext::Load(own.options()), IsOk());
  EXPECT_TRUE(log.HasPassed("Module_Integrity"));
  EXPECT_TRUE(log.HasPassed("KAT_Signature"));
  EXPECT_TRUE(log.FirstFailure().empty());
  EXPECT_EQ(log.events().front().name, "KAT_Integrity/HMAC");
}

TEST(ContextTest, SecondLoadOfTheSameFileTestsAgain) {
  (void)TestContext();
  const SelfTestLog log;
  ASSERT_THAT(LibraryContext::Load(TestOptions()), IsOk());
  EXPECT_TRUE(log.HasPassed("Module_Integrity"));
}

TEST(ContextTest, WrongMacIsAnIntegrityError) {
  const OwnProvider own;
  LoadOptions options = own.options();
  options.mac = std::string(64, '0');
  EXPECT_THAT(LibraryContext::Load(options), IsError(Code::kIntegrity));
}

TEST(ContextTest, RelativeOrMisnamedPathIsRefused) {
  LoadOptions options = TestOptions();
  options.provider = "fips.so";
  EXPECT_THAT(LibraryContext::Load(options), IsError(Code::kInvalidArgument));
  options.provider = "/usr/lib/other.so";
  EXPECT_THAT(LibraryContext::Load(options), IsError(Code::kInvalidArgument));
}

TEST(ContextTest, FailedSelfTestIsNamedAndFinal) {
  const OwnProvider own;
  auto context = LibraryContext::Load(own.options());
  ASSERT_THAT(context, IsOk());
  {
    const SelfTestFault fault((*context)->get(), "KAT_Digest/SHA2");
    const Status tested = (*context)->RunSelfTests();
    ASSERT_THAT(tested, IsError(Code::kSelfTestFailed));
    EXPECT_NE(tested.error().message().find("KAT_Digest/SHA2"), std::string::npos);
  }
  EXPECT_FALSE((*context)->ProviderRunning());
  EXPECT_FALSE(ComputeDigest(**context, Hash::kSha256, {AsBytes("x")}).has_value());
  EXPECT_TRUE(TestContext()->ProviderRunning());
}

TEST(ContextTest, FailedConsistencyTestGivesNoKey) {
  const OwnProvider own;
  auto context = LibraryContext::Load(own.options());
  ASSERT_THAT(context, IsOk());
  const SelfTestFault fault((*context)->get(), "Conditional_PCT/ECDSA");
  EXPECT_FALSE(KeyPair::Generate(*context, {"EC", "P-256", 0}).has_value());
  EXPECT_FALSE((*context)->ProviderRunning());
}

}  // namespace
}  // namespace vallum::ossl
