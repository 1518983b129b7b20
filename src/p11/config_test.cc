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
  EXPECT_EQ(config->tokens, (std::vector<std::filesystem::path>{"/etc/v/a.db", "/x/b.db"}));
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
  EXPECT_EQ(FindConfig("/argument.db")->tokens.at(0), "/argument.db");
  EXPECT_EQ(FindConfig("")->tokens.at(0), "/variable.db");
  ScratchFolder folder;
  const auto path = folder / "own.toml";
  ASSERT_THAT(WriteFileDurably(path, AsBytes("[[token]]\npath = \"t.db\"\n"), 0600), IsOk());
  EXPECT_EQ(FindConfig(path.string())->tokens.at(0), folder / "t.db");
}

}  // namespace
}  // namespace vallum::p11
