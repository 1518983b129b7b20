// SPDX-License-Identifier: Apache-2.0
#include "module/profile.h"

#include <fstream>

#include "module/test_module.h"

namespace vallum::module {
namespace {

class ProfileTest : public testing::Test {
 protected:
  Result<ProviderProfile> Load(std::string_view text) {
    std::ofstream(path_) << text;
    return LoadProfile(path_);
  }

  static std::string Good() {
    return "name = \"test\"\nversion = \"3.5.7\"\nsha256 = \"" + std::string(64, 'a') +
           "\"\nmodule_mac = \"" + std::string(64, 'b') +
           "\"\ncrc32 = \"0123abcd\"\ncertificate = \"none\"\n";
  }

  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "fips-profile.toml";
};

TEST_F(ProfileTest, ReadsEveryField) {
  const auto profile = Load(Good());
  ASSERT_THAT(profile, IsOk());
  EXPECT_EQ(profile->name, "test");
  EXPECT_EQ(profile->version, "3.5.7");
  EXPECT_EQ(profile->sha256, std::string(64, 'a'));
  EXPECT_EQ(profile->module_mac, std::string(64, 'b'));
  EXPECT_EQ(profile->crc32, "0123abcd");
  EXPECT_EQ(profile->certificate, "none");
}

TEST_F(ProfileTest, EachMissingFieldIsNamed) {
  for (const std::string_view field :
       {"name", "version", "sha256", "module_mac", "crc32", "certificate"}) {
    std::string text = Good();
    const std::size_t begin = text.find(std::string(field) + " =");
    text.erase(begin, text.find('\n', begin) + 1 - begin);
    const auto profile = Load(text);
    ASSERT_THAT(profile, IsError(Code::kConfiguration)) << field;
    EXPECT_NE(profile.error().message().find(field), std::string::npos);
  }
}

TEST_F(ProfileTest, UnknownFieldWrongDigitsAndBadSyntaxAreRefused) {
  EXPECT_THAT(Load(Good() + "extra = \"x\"\n"), IsError(Code::kConfiguration));
  EXPECT_THAT(Load(Good() + "[broken\n"), IsError(Code::kConfiguration));
  std::string upper = Good();
  upper.replace(upper.find("aaaa"), 4, "AAAA");
  EXPECT_THAT(Load(upper), IsError(Code::kConfiguration));
  std::string longer = Good();
  longer.replace(longer.find("0123abcd"), 8, "0123abcd0");
  EXPECT_THAT(Load(longer), IsError(Code::kConfiguration));
}

TEST_F(ProfileTest, MissingFileIsAConfigurationError) {
  EXPECT_THAT(LoadProfile(path_), IsError(Code::kConfiguration));
}

}  // namespace
}  // namespace vallum::module
