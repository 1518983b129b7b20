// SPDX-License-Identifier: Apache-2.0
#include "service/identity.h"

#include "keystore/sqlite_keystore.h"
#include "service/service_test_support.h"

namespace vallum::service {
namespace {

using std::chrono::days;

class IdentityTest : public ServiceFixture {
 protected:
  IdentityTest() : fresh_(*keystore::OpenSqliteKeystore(folder_ / "fresh.db")) {}

  OpenedIdentity Identify(const IdentityOptions& options) {
    auto opened = OpenIdentity(TheModule(), *fresh_, clock_, options);
    EXPECT_THAT(opened, IsOk());
    return *std::move(opened);
  }
  OpenedIdentity Identify() { return Identify(options_); }

  const IdentityOptions options_{"one", {"localhost", "vault.example"}, {"127.0.0.1", "::1"}};
  std::unique_ptr<keystore::Keystore> fresh_;
};

TEST_F(IdentityTest, TheFirstStartMakesEverything) {
  const OpenedIdentity opened = Identify();
  const Identity& identity = opened.identity;
  EXPECT_EQ(module::AttributesOf(*identity.ca_key).algorithm, module::Algorithm::kEcP384);
  EXPECT_EQ(module::AttributesOf(*identity.server_key).algorithm, module::Algorithm::kEcP256);
  EXPECT_EQ(module::AttributesOf(*identity.audit_key).algorithm, module::Algorithm::kEd25519);
  EXPECT_FALSE(module::AttributesOf(*identity.ca_key).extractable);
  EXPECT_NE(identity.ca_certificate_pem.find("BEGIN CERTIFICATE"), std::string::npos);
  EXPECT_NE(identity.server_certificate_pem, identity.ca_certificate_pem);
  ASSERT_TRUE(opened.first_admin);
  EXPECT_EQ(opened.first_admin->name, "admin");
  EXPECT_NE(AsText(opened.first_admin->key_pem.span()).find("PRIVATE KEY"), std::string_view::npos);
}

TEST_F(IdentityTest, TheNextStartOpensTheSame) {
  const OpenedIdentity first = Identify();
  ASSERT_THAT(ConfirmFirstAdmin(*fresh_), IsOk());
  const OpenedIdentity second = Identify();
  EXPECT_FALSE(second.first_admin);
  EXPECT_EQ(second.identity.ca_certificate_pem, first.identity.ca_certificate_pem);
  EXPECT_EQ(second.identity.server_certificate_pem, first.identity.server_certificate_pem);
  EXPECT_EQ(*TheModule().PublicKey(*second.identity.audit_key),
            *TheModule().PublicKey(*first.identity.audit_key));
}

TEST_F(IdentityTest, TheAdministratorHasThreeRolesAndNotAll) {
  const OpenedIdentity opened = Identify();
  const auto stored = fresh_->Get(entry::Principal("admin"));
  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ(policy::DecodePrincipal(AsText(stored->value))->roles, kOfficer | kUser | kAuditor);
}

TEST_F(IdentityTest, AnUnconfirmedAdministratorIsIssuedAgainAndTheOldOneDropped) {
  const OpenedIdentity first = Identify();
  const OpenedIdentity second = Identify();
  ASSERT_TRUE(second.first_admin);
  const auto fingerprint = [](const OpenedIdentity& opened) {
    return *module::CertificateFingerprint(TheModule(), opened.first_admin->certificate_pem);
  };
  EXPECT_THAT(fresh_->Get(entry::Fingerprint(fingerprint(first))), IsError(Code::kNotFound));
  EXPECT_THAT(fresh_->Get(entry::Fingerprint(fingerprint(second))), IsOk());
}

TEST_F(IdentityTest, TheAdministratorsPrivateKeyIsNotInTheStore) {
  const OpenedIdentity opened = Identify();
  const auto entries = fresh_->List("", "", 1000);
  ASSERT_THAT(entries, IsOk());
  for (const keystore::Entry& entry : *entries) {
    EXPECT_EQ(AsText(entry.value).find("PRIVATE KEY"), std::string_view::npos) << entry.key;
  }
  EXPECT_EQ(fresh_->List("system/key/", "", 10)->size(), 3u);
}

TEST_F(IdentityTest, TheServersCertificateIsRenewedBeforeItExpires) {
  const auto first = Identify().identity;
  clock_.Advance(days(365 - 31));
  EXPECT_EQ(Identify().identity.server_certificate_pem, first.server_certificate_pem);
  clock_.Advance(days(2));
  const auto renewed = Identify().identity;
  EXPECT_NE(renewed.server_certificate_pem, first.server_certificate_pem);
  EXPECT_EQ(renewed.ca_certificate_pem, first.ca_certificate_pem);
  EXPECT_EQ(Identify().identity.server_certificate_pem, renewed.server_certificate_pem);
}

TEST_F(IdentityTest, TheServersCertificateFollowsItsNames) {
  const auto first = Identify().identity;
  IdentityOptions renamed = options_;
  renamed.ip_addresses.push_back("10.0.0.1");
  EXPECT_NE(Identify(renamed).identity.server_certificate_pem, first.server_certificate_pem);
}

TEST_F(IdentityTest, WhatTheStartDidIsInTheLog) {
  bool found = false;
  for (const audit::Record& record : Records()) {
    found |= record.principal == "system" && record.operation == "identity" &&
             record.detail == "issued a certificate for the first administrator";
    EXPECT_FALSE(record.recovered);
  }
  EXPECT_TRUE(found);
}

TEST_F(IdentityTest, ADamagedSystemKeyIsRefused) {
  Identify();
  keystore::Transaction damage;
  damage.Put(
      "system/key/authority",
      ToBytes(AsBytes(R"({"v":1,"id":"01020304-0506-7708-990a-0b0c0d0e0f10","blob":"AAAA"})")));
  ASSERT_THAT(fresh_->Commit(damage), IsOk());
  EXPECT_FALSE(OpenIdentity(TheModule(), *fresh_, clock_, options_));
}

TEST_F(IdentityTest, ASystemKeyIsNotThereBeforeTheFirstStart) {
  EXPECT_THAT(OpenSystemKey(TheModule(), *fresh_, SystemKey::kAudit), IsError(Code::kNotFound));
  Identify();
  EXPECT_THAT(OpenSystemKey(TheModule(), *fresh_, SystemKey::kAudit), IsOk());
}

}  // namespace
}  // namespace vallum::service
