// SPDX-License-Identifier: Apache-2.0
#include "server/config.h"

#include <gtest/gtest.h>

#include "base/test_matchers.h"
#include "server/config_binding.h"

namespace vallum::server {
namespace {

using std::chrono::milliseconds;
using testing::Eq;
using testing::HasSubstr;
using testing::StartsWith;

Config Defaults() { return DefaultConfig("/srv/vallum", "/opt/vallum"); }

Result<Config> Apply(std::string_view text) {
  Config config = Defaults();
  TRY(ApplyConfig(text, "vallumd.toml", config));
  return config;
}

std::string Mistake(std::string_view text) {
  const auto config = Apply(text);
  if (config) return "accepted";
  EXPECT_EQ(config.error().code(), Code::kConfiguration);
  return config.error().message();
}

TEST(ConfigTest, AnEmptyFileMeansTheDefaults) {
  const auto config = Apply("");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->address, "127.0.0.1");
  EXPECT_EQ(config->port, 8443u);
  EXPECT_EQ(config->policy, module::Policy::kOnly);
  EXPECT_EQ(config->store_path, "/srv/vallum/vallum.db");
  EXPECT_EQ(config->audit_directory, "/srv/vallum/audit");
  EXPECT_EQ(config->provider, "/opt/vallum/lib/vallum/fips.so");
  EXPECT_EQ(config->profile, "/opt/vallum/lib/vallum/fips-profile.toml");
}

TEST(ConfigTest, ReadsEveryKindOfValue) {
  const auto config = Apply(R"(
[server]
address = "::1"
port = 0
idle_timeout = "2m"
dns_names = ["keys.example.org", "localhost"]
[store]
path = "/elsewhere/vallum.db"
[audit]
durability = "fsync"
[module]
policy = "log"
[log]
level = "debug"
format = "json"
)");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->address, "::1");
  EXPECT_EQ(config->port, 0u);
  EXPECT_EQ(config->idle_timeout, milliseconds(120'000));
  EXPECT_EQ(config->dns_names, (std::vector<std::string>{"keys.example.org", "localhost"}));
  EXPECT_EQ(config->store_path, "/elsewhere/vallum.db");
  EXPECT_EQ(config->audit_durability, Durability::kFsync);
  EXPECT_EQ(config->policy, module::Policy::kLog);
  EXPECT_EQ(config->log_level, LogLevel::kDebug);
  EXPECT_EQ(config->log_format, LogFormat::kJson);
}

TEST(ConfigTest, RelativePathsStartAtTheDataFolder) {
  const auto config = Apply("[audit]\ndirectory = \"log/../audit2\"\n");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->audit_directory, "/srv/vallum/audit2");
}

TEST(ConfigTest, PoliciesHaveTheModulesNames) {
  for (const auto policy : {module::Policy::kOnly, module::Policy::kOn, module::Policy::kLog}) {
    const auto config = Apply("[module]\npolicy = \"" + std::string(module::Name(policy)) + "\"\n");
    ASSERT_THAT(config, IsOk());
    EXPECT_EQ(config->policy, policy);
  }
}

TEST(ConfigTest, EntropySourcesHaveTheModulesNames) {
  for (const auto source : {module::EntropySource::kOs, module::EntropySource::kJitter}) {
    const auto config =
        Apply("[module]\nentropy = \"" + std::string(module::Name(source)) + "\"\n");
    ASSERT_THAT(config, IsOk());
    EXPECT_EQ(config->entropy, source);
  }
  EXPECT_EQ(Apply("")->entropy, module::EntropySource::kOs);
}

TEST(ConfigTest, WhatIsShownReadsBackTheSame) {
  auto config = Apply(
      "[server]\nport = 9\nidle_timeout = \"90s\"\ndns_names = []\nstop_timeout = \"0s\"\n"
      "[store]\npath = \"a \\\"b\\\".db\"\n[module]\npolicy = \"on\"\n");
  ASSERT_THAT(config, IsOk());
  const std::string shown = FormatConfig(*config);
  const auto again = Apply(shown);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(FormatConfig(*again), shown);
  EXPECT_THAT(shown, HasSubstr("idle_timeout = \"90s\""));
  EXPECT_THAT(shown, HasSubstr("policy = \"on\""));
}

TEST(ConfigTest, AnUnknownKeyIsRefusedWithPlaceAndSuggestion) {
  EXPECT_EQ(Mistake("[server]\nport = 1\n  prot = 2\n"),
            "vallumd.toml:3:3: unknown key \"prot\" in [server]; did you mean \"port\"?");
}

TEST(ConfigTest, AKeyInTheWrongSectionIsSentToItsOwn) {
  EXPECT_EQ(Mistake("[server]\ndurability = \"fsync\"\n"),
            "vallumd.toml:2:1: unknown key \"durability\" in [server]; it belongs in [audit]");
  EXPECT_EQ(Mistake("port = 1\n"),
            "vallumd.toml:1:1: unknown key \"port\"; it belongs in [server]");
}

TEST(ConfigTest, AnUnknownSectionIsRefusedWithPlaceAndSuggestion) {
  EXPECT_EQ(Mistake("\n[sever]\nport = 1\n"),
            "vallumd.toml:2:2: unknown section \"sever\"; did you mean \"server\"?");
}

TEST(ConfigTest, NoSuggestionIsMadeUp) {
  EXPECT_THAT(Mistake("[server]\nquantum_flux = 2\n"), HasSubstr("see docs/configuration.md"));
}

TEST(ConfigTest, BrokenTomlIsRefusedWithItsPlace) {
  EXPECT_THAT(Mistake("[server]\nport = \n"), StartsWith("vallumd.toml:2:"));
  EXPECT_THAT(Mistake("[server]\nport = 1\nport = 2\n"), StartsWith("vallumd.toml:3:"));
}

TEST(ConfigTest, ASectionAsAValueIsRefused) {
  EXPECT_THAT(Mistake("server = 1\n"), HasSubstr("write [server]"));
}

struct BadValue {
  std::string_view text;
  std::string_view message;
};

class BadValueTest : public testing::TestWithParam<BadValue> {};

TEST_P(BadValueTest, IsRefusedWithItsPlaceAndWhatWouldBeRight) {
  const std::string mistake = Mistake(GetParam().text);
  EXPECT_THAT(mistake, StartsWith("vallumd.toml:2:"));
  EXPECT_THAT(mistake, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadValueTest,
    testing::Values(
        BadValue{"[server]\nport = 65536", "server.port must be a whole number from 0 to 65535"},
        BadValue{"[server]\nport = -1", "from 0 to 65535"},
        BadValue{"[server]\nport = \"8443\"", "whole number"},
        BadValue{"[server]\nport = 1.5", "whole number"},
        BadValue{"[server]\npool_threads = 0", "from 1 to"},
        BadValue{"[server]\naddress = \"localhost\"", "must be an IPv4 or IPv6 address"},
        BadValue{"[server]\naddress = 7", "must be a string"},
        BadValue{"[server]\naddress = \"\"", "is empty"},
        BadValue{"[server]\nidle_timeout = 10", "must be a string"},
        BadValue{"[server]\nidle_timeout = \"10\"", "such as \"10s\""},
        BadValue{"[server]\nidle_timeout = \"25h\"", "to \"24h\""},
        BadValue{"[server]\ndns_names = \"a\"", "must be an array"},
        BadValue{"[server]\ndns_names = [1]", "must be a string"},
        BadValue{"[server]\ndns_names = [\"a b\"]", "is not a host name"},
        BadValue{"[server]\nip_addresses = [\"1.2.3\"]", "must be an IPv4"},
        BadValue{"[server]\ninstance = \"a/b\"", "letters, digits"},
        BadValue{"[audit]\ndurability = \"maybe\"", "must be one of: buffered, fsync"},
        BadValue{"[module]\npolicy = \"off\"", "must be one of: only, on, log"},
        BadValue{"[module]\nentropy = \"rdseed\"", "must be one of: os, jitter"},
        BadValue{"[seal]\ntype = \"none\"", "must be one of: development-file"},
        BadValue{"[log]\nlevel = \"trace\"", "must be one of"}));

TEST(DurationTest, ReadsAllUnits) {
  EXPECT_THAT(ParseDuration("250ms"), IsOkAnd(Eq(milliseconds(250))));
  EXPECT_THAT(ParseDuration("10s"), IsOkAnd(Eq(milliseconds(10'000))));
  EXPECT_THAT(ParseDuration("5m"), IsOkAnd(Eq(milliseconds(300'000))));
  EXPECT_THAT(ParseDuration("1h"), IsOkAnd(Eq(milliseconds(3'600'000))));
}

TEST(DurationTest, RefusesTheRest) {
  for (const std::string_view text :
       {"", "s", "10", "-1s", "1.5s", "1 s", "1d", "1S", "99999999999s", "3000000000s"}) {
    EXPECT_THAT(ParseDuration(text), IsError(Code::kConfiguration)) << text;
  }
}

TEST(DurationTest, FormatsTheShortestWay) {
  EXPECT_EQ(FormatDuration(milliseconds(0)), "0s");
  EXPECT_EQ(FormatDuration(milliseconds(1'500)), "1500ms");
  EXPECT_EQ(FormatDuration(milliseconds(90'000)), "90s");
  EXPECT_EQ(FormatDuration(milliseconds(7'200'000)), "2h");
}

TEST(NearestTest, FindsTheMostSimilarOrNothing) {
  EXPECT_EQ(Nearest("adress", {"port", "address"}), "address");
  EXPECT_EQ(Nearest("xyzzy", {"port", "address"}), "");
}

}  // namespace
}  // namespace vallum::server
