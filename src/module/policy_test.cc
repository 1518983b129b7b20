// SPDX-License-Identifier: Apache-2.0
// The service that is offered and not approved: HMAC with a key below 112 bits (SP 800-131A), and keys
// from a laxer policy, under each policy.
#include "module/test_module.h"

namespace vallum::module {
namespace {

constexpr KeySpec kHmac = {.algorithm = Algorithm::kHmacSha256, .usages = {}, .extractable = false};
constexpr std::uint32_t Bit(Reason reason) { return static_cast<std::uint32_t>(reason); }

SecretBytes ShortKey() { return SecretBytes::CopyOf(Bytes(8, 0x5A)).value(); }

void ExpectFlagged(const Indicator& indicator, Reason reason) {
  EXPECT_EQ(indicator.approval, Approval::kNotApproved);
  EXPECT_NE(indicator.reasons & Bit(reason), 0u);
}

TEST(PolicyTest, OnlyRefusesAShortHmacKey) {
  const auto module = StartForTest(Policy::kOnly);
  ASSERT_NE(module, nullptr);
  EXPECT_THAT(module->EnterKey(kHmac, ShortKey()), IsError(Code::kNotApproved));
  EXPECT_EQ(module->status().services_not_approved, 0u);
}

TEST(PolicyTest, OnAndLogRunItFlagged) {
  for (const Policy policy : {Policy::kOn, Policy::kLog}) {
    const auto module = StartForTest(policy);
    ASSERT_NE(module, nullptr);
    const auto key = module->EnterKey(kHmac, ShortKey());
    ASSERT_THAT(key, IsOk());
    ExpectFlagged(key->indicator, Reason::kShortKey);
    const auto mac = module->Mac(*key->value, AsBytes("m"));
    ASSERT_THAT(mac, IsOk());
    ExpectFlagged(mac->indicator, Reason::kShortKey);
    ExpectFlagged(mac->indicator, Reason::kProviderIndicator);
    EXPECT_EQ(module->status().services_not_approved, 2u);
  }
}

// Requirement: ind-deny
TEST(PolicyTest, ShortKmacKeyIsFlaggedLikeAShortHmacKey) {
  const auto module = StartForTest(Policy::kOn);
  ASSERT_NE(module, nullptr);
  const auto key = module->EnterKey({.algorithm = Algorithm::kKmac256, .usages = {}}, ShortKey());
  ASSERT_THAT(key, IsOk());
  const auto mac = module->Mac(*key->value, AsBytes("m"));
  ASSERT_THAT(mac, IsOk());
  ExpectFlagged(mac->indicator, Reason::kShortKey);
}

// Requirement: policy-frozen
TEST(PolicyTest, ApprovedServicesStayApprovedUnderEachPolicy) {
  for (const Policy policy : {Policy::kOnly, Policy::kOn, Policy::kLog}) {
    const auto module = StartForTest(policy);
    ASSERT_NE(module, nullptr);
    const auto made = module->GenerateKey(kHmac, KeyId(), 1);
    ASSERT_THAT(made, IsOk());
    EXPECT_TRUE(made->indicator.approved());
    const auto mac = module->Mac(*made->value.key, AsBytes("m"));
    ASSERT_THAT(mac, IsOk());
    EXPECT_EQ(mac->indicator, (Indicator{Approval::kApproved, 0}));
  }
}

TEST(PolicyTest, IndicatorOfOneServiceDoesNotStickToTheNext) {
  const auto module = StartForTest(Policy::kOn);
  ASSERT_NE(module, nullptr);
  const auto weak = module->EnterKey(kHmac, ShortKey());
  ASSERT_THAT(weak, IsOk());
  ASSERT_THAT(module->Mac(*weak->value, AsBytes("m")), IsOk());
  const auto made = module->GenerateKey(kHmac, KeyId(), 1);
  ASSERT_THAT(made, IsOk());
  EXPECT_TRUE(made->indicator.approved());
}

TEST(PolicyTest, KeyMadeUnderALaxerPolicyIsRefusedByOnly) {
  Bytes kek_blob;
  Bytes key_blob;
  SecretBytes root;
  {
    auto lax = Module::Start(TestConfig(Policy::kOn));
    ASSERT_THAT(lax, IsOk());
    root = (*lax)->GenerateRootKey().value();
    kek_blob = (*lax)->CreateKek(root).value();
    ASSERT_THAT((*lax)->Unseal(root, kek_blob), IsOk());
    key_blob = (*lax)->GenerateKey(kHmac, KeyId(), 1).value().value.blob;
  }
  auto strict = Module::Start(TestConfig(Policy::kOnly));
  ASSERT_THAT(strict, IsOk());
  ASSERT_THAT((*strict)->Unseal(root, kek_blob), IsOk());
  const auto key = (*strict)->OpenKey(key_blob, KeyId(), 1);
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(AttributesOf(**key).made_under, Policy::kOn);
  const auto mac = (*strict)->Mac(**key, AsBytes("m"));
  ASSERT_THAT(mac, IsError(Code::kNotApproved));
  EXPECT_NE(mac.error().message().find("key_made_not_approved"), std::string::npos);
}

// Requirement: policy-frozen
// The door has no service that sets a policy (door_test.cc knows them all), so the ways left are to start
// once more, and to change the configuration that the module was started with, or what it says of itself.
TEST(PolicyTest, NothingChangesThePolicyOfARunningModule) {
  ModuleConfig config = TestConfig(Policy::kOnly);
  const auto module = Module::Start(config).value();
  ASSERT_THAT(module->UnsealEphemeral(), IsOk());
  config.policy = Policy::kOn;
  EXPECT_THAT(Module::Start(config), IsError(Code::kModuleState));
  ModuleStatus status = module->status();
  status.policy = Policy::kOn;
  EXPECT_EQ(module->status().policy, Policy::kOnly);
  EXPECT_THAT(module->EnterKey(kHmac, ShortKey()), IsError(Code::kNotApproved));
  ASSERT_THAT(module->SelfTest(), IsOk());
  ASSERT_THAT(ZeroiseAll(*module), IsOk());
  ASSERT_THAT(module->UnsealEphemeral(), IsOk());
  EXPECT_EQ(module->status().policy, Policy::kOnly);
  EXPECT_THAT(module->EnterKey(kHmac, ShortKey()), IsError(Code::kNotApproved));
}

}  // namespace
}  // namespace vallum::module
