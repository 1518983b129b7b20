// SPDX-License-Identifier: Apache-2.0
#include "p11/config/config.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/test_matchers.h"

namespace vallum::p11 {
namespace {

using testing::HasSubstr;

TEST(ConfigTest, TokensAreSlotsInTheirOrderRelativeToTheFile) {
  const auto config = ParseConfig(
      "policy = \"log\"\n[[token]]\npath = \"a.db\"\n[[token]]\npath = \"/x/b.db\"\n", "/etc/v");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->policy, module::Policy::kLog);
  ASSERT_EQ(config->tokens.size(), 2u);
  EXPECT_EQ(config->tokens[0].path, "/etc/v/a.db");
  EXPECT_EQ(config->tokens[1].path, "/x/b.db");
}

TEST(ConfigTest, ATokenOfAServerHasServersAndCredentials) {
  const auto config = ParseConfig(
      "[[token]]\nserver = [\"https://a:1\", \"https://b\"]\nlabel = \"prod\"\n"
      "certificate = \"c.crt\"\nkey = \"/k/c.key\"\nca = \"ca.crt\"\n",
      "/etc/v");
  ASSERT_THAT(config, IsOk());
  const auto& remote = config->tokens.at(0).remote;
  ASSERT_TRUE(remote.has_value());
  EXPECT_EQ(remote->label, "prod");
  EXPECT_EQ(remote->servers, (std::vector<remote::Endpoint>{{"a", 1}, {"b", 8443}}));
  EXPECT_EQ(remote->certificate, "/etc/v/c.crt");
  EXPECT_EQ(remote->key, "/k/c.key");
  EXPECT_EQ(remote->ca, "/etc/v/ca.crt");
}

TEST(ConfigTest, AClientProfileIsOneToken) {
  ScratchFolder folder;
  const std::string text = remote::FormatProfile("https://localhost:9");
  ASSERT_THAT(WriteFileDurably(folder / "client.toml", AsBytes(text), 0600), IsOk());
  const auto direct = ParseConfig(text, "/p");
  ASSERT_THAT(direct, IsOk());
  EXPECT_EQ(direct->tokens.at(0).remote->key, "/p/client.key");
  const auto named =
      ParseConfig("[[token]]\nprofile = \"client.toml\"\nlabel = \"mine\"\n", folder.path());
  ASSERT_THAT(named, IsOk());
  EXPECT_EQ(named->tokens.at(0).remote->servers.at(0), (remote::Endpoint{"localhost", 9}));
  EXPECT_EQ(named->tokens.at(0).remote->label, "mine");
}

TEST(ConfigTest, MistakesInServersAreNamedWithTheirLine) {
  const auto error = [](std::string_view text) { return ParseConfig(text, "/"); };
  EXPECT_THAT(error("[[token]]\nserver = \"http://a\"\n"),
              IsError(Code::kConfiguration, HasSubstr("line 2")));
  EXPECT_THAT(error("[[token]]\nserver = []\n"),
              IsError(Code::kConfiguration, HasSubstr("1 to 16 servers")));
  EXPECT_THAT(error("[[token]]\nserver = \"https://a\"\n"),
              IsError(Code::kConfiguration, HasSubstr("no certificate")));
  EXPECT_THAT(error("[[token]]\nserver = \"https://a\"\npath = \"x\"\n"),
              IsError(Code::kConfiguration, HasSubstr("unknown key \"path\"")));
}

TEST(ConfigTest, MistakesAreNamedWithTheirLine) {
  const auto error = [](std::string_view text) { return ParseConfig(text, "/"); };
  EXPECT_THAT(error("[[token]]\npath = \"a\"\ncolour = 1\n"),
              IsError(Code::kConfiguration, HasSubstr("line 3: unknown key \"colour\"")));
  EXPECT_THAT(error("policy = \"off\"\n[[token]]\npath = \"a\"\n"),
              IsError(Code::kConfiguration, HasSubstr("line 1")));
  EXPECT_THAT(error("[[token]]\npath = \"a\"\n[[token]]\npath = \"./a\"\n"),
              IsError(Code::kConfiguration, HasSubstr("two tokens")));
  EXPECT_THAT(error("[[token]]\n"), IsError(Code::kConfiguration, HasSubstr("no path")));
  EXPECT_THAT(error(""), IsError(Code::kConfiguration));
  EXPECT_THAT(error("policy = "), IsError(Code::kConfiguration));
}

TEST(ConfigTest, TheArgumentGoesBeforeTheVariable) {
  setenv("VALLUM_PKCS11", "/variable.db", 1);
  EXPECT_EQ(FindConfig("/argument.db")->tokens.at(0).path, "/argument.db");
  EXPECT_EQ(FindConfig("")->tokens.at(0).path, "/variable.db");
  ScratchFolder folder;
  const auto path = folder / "own.toml";
  ASSERT_THAT(WriteFileDurably(path, AsBytes("[[token]]\npath = \"t.db\"\n"), 0600), IsOk());
  EXPECT_EQ(FindConfig(path.string())->tokens.at(0).path, folder / "t.db");
}

}  // namespace
}  // namespace vallum::p11
