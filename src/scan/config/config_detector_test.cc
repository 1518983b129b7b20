// SPDX-License-Identifier: Apache-2.0
// More cases are in tests/scan/items/config.toml.
#include "scan/config/config_detector.h"

#include <gmock/gmock.h>

#include "base/test_matchers.h"
#include "scan/config/openssl_config.h"
#include "scan/config/server_settings.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;

std::vector<FactKind> Kinds(std::string_view path, std::string_view text) {
  const auto facts = DetectConfig(path, *ContentOf(text));
  EXPECT_THAT(facts, IsOk());
  std::vector<FactKind> kinds;
  for (const Fact& fact : facts ? *facts : Facts()) kinds.push_back(fact.kind);
  return kinds;
}

std::vector<std::string> Allowed(std::string_view server, std::string_view text) {
  std::vector<std::string> allowed;
  for (const Fact& fact : ReadServerSettings(server, text)) {
    allowed.push_back(fact.evidence.substr(fact.evidence.find(" allows ") + 8));
  }
  return allowed;
}

std::string Chain(const std::string& fips, const std::string& rest) {
  return "openssl_conf = init\n[init]\nproviders = p\nalg_section = a\n[p]\nfips = f\ndefault = "
         "d\n" +
         fips + rest;
}

TEST(ConfigFileTest, SettingsAreKnownByTheirNames) {
  for (const char* path :
       {"etc/ssl/openssl.cnf", "fipsmodule.cnf", "etc/crypto-policies/config", "Dockerfile",
        "api.Dockerfile", "etc/nginx/conf.d/a.conf", "etc/nginx/sites-enabled/default",
        "etc/apache2/mods-enabled/ssl.conf", "haproxy.cfg", "compose.yaml", "deploy/app.yml",
        "etc/ssh/sshd_config", "etc/ssh/sshd_config.d/10.conf"}) {
    EXPECT_TRUE(IsConfigFile(path)) << path;
  }
  for (const char* path : {"openssl.cnf.bak", "pnpm-lock.yaml", "etc/nginx/mime.types", "a.conf",
                           "Dockerfiles/readme"}) {
    EXPECT_FALSE(IsConfigFile(path)) << path;
  }
}

TEST(DeploymentTest, AVariableOfKubernetesIsItsNameAndTheValueBelow) {
  constexpr std::string_view kBegin = "apiVersion: v1\nkind: Pod\n";
  const auto kinds = [&](const std::string& lines) {
    return Kinds("a.yaml", std::string(kBegin) + lines);
  };
  EXPECT_THAT(kinds("- name: GODEBUG\n  value: 'fips140=off'\n"),
              ElementsAre(FactKind::kSwitchedOff));
  EXPECT_THAT(kinds("- name: OTHER\n  value: fips140=off\n"), IsEmpty());
  EXPECT_THAT(kinds("# image: a\n  image: b # c\n"), ElementsAre(FactKind::kImageNotPinned));
}

TEST(DeploymentTest, TheDigestOfAnotherImageDropsNothing) {
  EXPECT_THAT(Kinds("values.yaml", "repository: a\ntag: 1\nrepository: b\ndigest: sha256:00\n"),
              ElementsAre(FactKind::kImageNotPinned));
  EXPECT_THAT(Kinds("values.yaml", "digest: sha256:00\ntag: 1\n"), IsEmpty());
}

TEST(OpenSslConfigTest, SectionsValuesAndIncludesAreRead) {
  const OpenSslConfig config = ParseOpenSslConfig(
      "a = 1 # no\n.include /x/fipsmodule.cnf\n.include = y.cnf\n[ s ]\r\nb=c = d\n[t\n=\nword\n");
  EXPECT_EQ(config.Value("", "a"), "1");
  EXPECT_EQ(config.Value("s", "b"), "c = d");
  EXPECT_EQ(config.Value("s", "x"), "");
  EXPECT_EQ(config.Value("none", "x"), "");
  EXPECT_THAT(config.includes, ElementsAre("/x/fipsmodule.cnf", "y.cnf"));
}

TEST(OpenSslChainTest, TheProviderCountsOnceItIsActivated) {
  EXPECT_THAT(Kinds("openssl.cnf", Chain("[f]\nactivate = 1\n", "")),
              ElementsAre(FactKind::kProviderActivated));
  EXPECT_THAT(Kinds("openssl.cnf", Chain("[f]\nactivate = 0\n", "")),
              ElementsAre(FactKind::kProviderNotActivated));
  EXPECT_THAT(Kinds("openssl.cnf", "openssl_conf = init\n[f]\nactivate = 1\n"),
              ElementsAre(FactKind::kOpenSslConfig));
}

TEST(OpenSslChainTest, AnIncludedFileMayHoldTheSection) {
  EXPECT_THAT(Kinds("openssl.cnf", ".include /usr/ssl/fipsmodule.cnf\n" + Chain("", "")),
              ElementsAre(FactKind::kIncludesModuleConfig, FactKind::kProviderActivated));
}

TEST(OpenSslChainTest, TheDefaultProviderBesideItNeedsTheProperty) {
  const std::string both = "[f]\nactivate = 1\n[d]\nactivate = 1\n";
  EXPECT_THAT(Kinds("openssl.cnf", Chain(both, "")),
              ElementsAre(FactKind::kProviderActivated, FactKind::kDefaultBesideFips));
  EXPECT_THAT(Kinds("openssl.cnf", Chain(both, "[a]\ndefault_properties = fips=yes\n")),
              ElementsAre(FactKind::kProviderActivated));
}

TEST(PolicyTest, OnlyFipsIsNoFact) {
  const char* path = "etc/crypto-policies/state/current";
  EXPECT_THAT(Kinds(path, "# comment\nFIPS:OSPP\n"), IsEmpty());
  EXPECT_THAT(Kinds(path, "DEFAULT\n"), ElementsAre(FactKind::kOtherPolicy));
  EXPECT_THAT(Kinds(path, ""), IsEmpty());
}

TEST(ImageSourceTest, ADigestAnEarlierStageAndScratchArePinned) {
  const char* text =
      "FROM --platform=linux/amd64 debian:12 AS build\nFROM build\nFROM scratch\nFROM ${BASE}\n"
      "FROM alpine@sha256:0123\nRUN echo FROM x\nFROM\nFROM --x\n";
  EXPECT_THAT(Kinds("Dockerfile", text), ElementsAre(FactKind::kBaseNotPinned));
}

TEST(EnvironmentTest, SwitchesAreWholeParts) {
  EXPECT_EQ(DetectEnvironment("GODEBUG=x=1,fips140=off").at(0).kind, FactKind::kSwitchedOff);
  EXPECT_EQ(DetectEnvironment("GODEBUG=fips140=only").at(0).kind, FactKind::kGoSwitchedOn);
  for (const char* text :
       {"GODEBUG=fips140=offline", "GODEBUG=xfips140=off", "PATH=/bin", "GODEBUG", "=", ""}) {
    EXPECT_THAT(DetectEnvironment(text), IsEmpty()) << text;
  }
}

TEST(ServerSettingsTest, NginxProtocolsCiphersAndCurves) {
  EXPECT_THAT(Allowed("nginx", "  ssl_protocols TLSv1 TLSv1.2 SSLv3;\n"),
              ElementsAre("TLSv1, SSLv3"));
  EXPECT_THAT(Allowed("nginx", "ssl_ciphers 'ECDHE-RSA-CHACHA20-POLY1305:AES128-GCM-SHA256:!RC4';"),
              ElementsAre("ECDHE-RSA-CHACHA20-POLY1305"));
  EXPECT_THAT(Allowed("nginx",
                      "ssl_ciphers HIGH:!aNULL:!MD5;\nssl_protocols TLSv1.2 TLSv1.3;\n"
                      "# ssl_protocols SSLv3;\nssl_ecdh_curve X25519MLKEM768:secp384r1;"),
              IsEmpty());
  EXPECT_THAT(Allowed("nginx", "ssl_ecdh_curve X25519:prime256v1;"), ElementsAre("X25519"));
}

TEST(ServerSettingsTest, ApacheTakesVersionsAwayFromAll) {
  EXPECT_THAT(Allowed("Apache", "SSLProtocol all -SSLv3\n"), ElementsAre("TLSv1, TLSv1.1"));
  EXPECT_THAT(
      Allowed("Apache", "SSLProtocol -all +TLSv1.2 +TLSv1.3\nSSLProtocol all -TLSv1 -TLSv1.1\n"),
      IsEmpty());
  EXPECT_THAT(Allowed("Apache", "SSLCipherSuite HIGH:DES-CBC3-SHA"), ElementsAre("DES-CBC3-SHA"));
}

TEST(ServerSettingsTest, HaproxyAndOpenSsh) {
  EXPECT_THAT(Allowed("HAProxy", "bind :443 ssl crt x ssl-min-ver TLSv1.1 ciphers RC4-SHA\n"),
              ElementsAre(EndsWith("TLSv1.1"), "RC4-SHA"));
  EXPECT_THAT(Allowed("OpenSSH",
                      "Ciphers aes256-gcm@openssh.com,chacha20-poly1305@openssh.com\n"
                      "MACs -hmac-md5\nKexAlgorithms +curve25519-sha256\n"),
              ElementsAre("chacha20-poly1305@openssh.com", "curve25519-sha256"));
}

TEST(ServerSettingsTest, LinesWithoutValuesAreRead) {
  for (const char* text :
       {"ssl_ciphers", "ssl_ciphers ;", "ssl_ciphers ''", "ssl_ciphers :::", "ssl_protocols ';"}) {
    EXPECT_THAT(Allowed("nginx", text), IsEmpty()) << text;
  }
  EXPECT_THAT(Allowed("Apache", "SSLProtocol + -\nSSLProtocol"), IsEmpty());
  EXPECT_THAT(Allowed("OpenSSH", "Ciphers + ^,"), IsEmpty());
}

}  // namespace
}  // namespace vallum::scan
