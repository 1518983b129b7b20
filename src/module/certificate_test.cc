// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "module/test_module.h"

namespace vallum::module {
namespace {

class CertificateTest : public ModuleTest {
 protected:
  static CertificateSpec Spec(CertificateRole role, std::string name) {
    const TimePoint now = SystemClock().Now();
    return {.role = role,
            .common_name = std::move(name),
            .dns_names = {},
            .ip_addresses = {},
            .not_before = now,
            .not_after = now + std::chrono::hours(24)};
  }

  static std::string SelfSigned(Key& key) {
    const auto spki = module_->PublicKey(key);
    EXPECT_THAT(spki, IsOk());
    const auto pem =
        IssueCertificate(*module_, key, "", *spki, Spec(CertificateRole::kAuthority, "Test CA"));
    EXPECT_THAT(pem, IsOk());
    return pem ? *pem : "";
  }
};

TEST_F(CertificateTest, AuthorityIssuesServerAndClientCertificates) {
  const KeyRef authority = MakeKey(Algorithm::kEcP384);
  const std::string ca = SelfSigned(*authority);
  const KeyRef server = MakeKey(Algorithm::kEcP256);
  const auto spki = module_->PublicKey(*server);
  ASSERT_THAT(spki, IsOk());
  CertificateSpec spec = Spec(CertificateRole::kServer, "server");
  spec.dns_names = {"localhost", "vallum.example"};
  spec.ip_addresses = {"127.0.0.1", "::1"};
  const auto pem = IssueCertificate(*module_, *authority, ca, *spki, spec);
  ASSERT_THAT(pem, IsOk());
  EXPECT_TRUE(pem->starts_with("-----BEGIN CERTIFICATE-----"));
  const auto fingerprint = CertificateFingerprint(*module_, *pem);
  ASSERT_THAT(fingerprint, IsOk());
  EXPECT_EQ(fingerprint->size(), 32u);
}

TEST_F(CertificateTest, IssuingWithAnotherKeyThanTheCertificatesIsRefused) {
  const KeyRef authority = MakeKey(Algorithm::kEcP256);
  const KeyRef stranger = MakeKey(Algorithm::kEcP256);
  const std::string ca = SelfSigned(*authority);
  const auto spki = module_->PublicKey(*stranger);
  ASSERT_THAT(spki, IsOk());
  EXPECT_THAT(IssueCertificate(*module_, *stranger, ca, *spki, Spec(CertificateRole::kClient, "c")),
              IsError(Code::kInvalidArgument));
}

TEST_F(CertificateTest, BadFieldsAreRefused) {
  const KeyRef key = MakeKey(Algorithm::kEcP256);
  const auto spki = module_->PublicKey(*key);
  ASSERT_THAT(spki, IsOk());
  std::vector<CertificateSpec> bad(5, Spec(CertificateRole::kServer, "name"));
  bad[0].common_name.clear();
  bad[1].common_name = std::string(65, 'a');
  bad[2].dns_names = {"a b"};
  bad[3].ip_addresses = {"300.1.1.1"};
  bad[4].not_after = bad[4].not_before;
  for (const CertificateSpec& spec : bad) {
    EXPECT_THAT(IssueCertificate(*module_, *key, "", *spki, spec), IsError(Code::kInvalidArgument));
  }
}

TEST_F(CertificateTest, OtherAlgorithmsDoNotIssue) {
  const KeyRef key = MakeKey(Algorithm::kEd25519);
  const auto spki = module_->PublicKey(*key);
  ASSERT_THAT(spki, IsOk());
  EXPECT_THAT(IssueCertificate(*module_, *key, "", *spki, Spec(CertificateRole::kAuthority, "x")),
              IsError(Code::kUnsupported));
}

TEST_F(CertificateTest, RequestIsParsedBack) {
  const KeyRef key = MakeKey(Algorithm::kEcP256);
  const auto pem = MakeCertificateRequest(*module_, *key, "alice");
  ASSERT_THAT(pem, IsOk());
  const auto request = ParseCertificateRequest(*module_, *pem);
  ASSERT_THAT(request, IsOk());
  EXPECT_EQ(request->common_name, "alice");
  EXPECT_EQ(request->spki, *module_->PublicKey(*key));
}

TEST_F(CertificateTest, AlteredRequestIsRefused) {
  const KeyRef key = MakeKey(Algorithm::kEcP256);
  const auto pem = MakeCertificateRequest(*module_, *key, "alice");
  ASSERT_THAT(pem, IsOk());
  std::string altered = *pem;
  char& c = altered[altered.find("\n-----END") - 12];
  c = c == 'A' ? 'B' : 'A';
  EXPECT_FALSE(ParseCertificateRequest(*module_, altered).has_value());
  EXPECT_THAT(ParseCertificateRequest(*module_, "no PEM"), IsError(Code::kInvalidArgument));
  EXPECT_THAT(CertificateFingerprint(*module_, "no PEM"), IsError(Code::kInvalidArgument));
}

TEST_F(CertificateTest, PrivateKeyLeavesOnlyWhenExtractable) {
  const KeyRef kept = MakeKey(Algorithm::kEcP256);
  EXPECT_THAT(ExportPrivateKeyPem(*module_, *kept), IsError(Code::kNotExportable));
  const KeyRef client = MakeKey(Algorithm::kEcP256, {}, true);
  const auto pem = ExportPrivateKeyPem(*module_, *client);
  ASSERT_THAT(pem, IsOk());
  EXPECT_TRUE(AsText(pem->span()).starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST_F(CertificateTest, TlsKeyNeedsAKeyPairThatSigns) {
  const KeyRef aes = MakeKey(Algorithm::kAes256Gcm);
  EXPECT_THAT(module_->TlsKey(*aes), IsError(Code::kKeyUsage));
  const KeyRef verifier = MakeKey(Algorithm::kEcP256, Usage::kVerify);
  EXPECT_THAT(module_->TlsKey(*verifier), IsError(Code::kKeyUsage));
}

}  // namespace
}  // namespace vallum::module
