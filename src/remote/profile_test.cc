// SPDX-License-Identifier: Apache-2.0
#include "remote/profile.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/test_matchers.h"

namespace vallum::remote {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(EndpointTest, HostAndPortAreTakenApart) {
  EXPECT_THAT(ParseEndpoint("https://keys.example:9000"), IsOkAnd(Endpoint{"keys.example", 9000}));
  EXPECT_THAT(ParseEndpoint("https://127.0.0.1:8443/"), IsOkAnd(Endpoint{"127.0.0.1", 8443}));
  EXPECT_THAT(ParseEndpoint("https://keys.example"), IsOkAnd(Endpoint{"keys.example", 8443}));
  EXPECT_THAT(ParseEndpoint("https://[::1]:1234"), IsOkAnd(Endpoint{"::1", 1234}));
  EXPECT_THAT(ParseEndpoint("https://[::1]"), IsOkAnd(Endpoint{"::1", 8443}));
}

TEST(EndpointTest, EverythingElseIsRefused) {
  for (const char* url : {"", "keys.example", "http://keys.example", "https://", "https://:1",
                          "https://h:0", "https://h:65536", "https://h:", "https://h:1x",
                          "https://h/path", "https://u@h", "https://[::1", "https://[::1]x"}) {
    EXPECT_THAT(ParseEndpoint(url), IsError(Code::kConfiguration)) << url;
  }
}

class ProfileTest : public testing::Test {
 protected:
  Result<Profile> Load(std::string_view text) {
    EXPECT_THAT(WriteFileDurably(folder_.path() / "client.toml", AsBytes(text), 0600), IsOk());
    return LoadProfile(folder_.path());
  }
  ScratchFolder folder_;
};

TEST_F(ProfileTest, PathsAreRelativeToTheFile) {
  auto profile = Load(FormatProfile("https://127.0.0.1:4433"));
  ASSERT_THAT(profile, IsOk());
  EXPECT_EQ(profile->endpoint, (Endpoint{"127.0.0.1", 4433}));
  EXPECT_EQ(profile->certificate, folder_.path() / "client.crt");
  EXPECT_EQ(profile->key, folder_.path() / "client.key");
  EXPECT_EQ(profile->ca, folder_.path() / "ca.crt");
}

TEST_F(ProfileTest, TheFileItselfCanBeGiven) {
  ASSERT_THAT(Load(FormatProfile("https://h")), IsOk());
  EXPECT_THAT(LoadProfile(folder_.path() / "client.toml"), IsOk());
}

TEST_F(ProfileTest, AnUnknownMemberIsNamedWithItsLine) {
  EXPECT_THAT(Load("server = \"https://h\"\ncertificat = \"x\"\n"),
              IsError(Code::kConfiguration, AllOf(HasSubstr("certificat"), HasSubstr(":2:"))));
}

TEST_F(ProfileTest, AMissingMemberIsNamed) {
  EXPECT_THAT(Load("server = \"https://h\"\ncertificate = \"c\"\nkey = \"k\"\n"),
              IsError(Code::kConfiguration, HasSubstr("\"ca\" is missing")));
}

TEST_F(ProfileTest, AWrongTypeIsRefused) {
  EXPECT_THAT(Load("server = 7\ncertificate = \"c\"\nkey = \"k\"\nca = \"a\"\n"),
              IsError(Code::kConfiguration, HasSubstr("text in quotes")));
}

TEST_F(ProfileTest, BrokenTomlIsRefusedWithItsLine) {
  EXPECT_THAT(Load("server = \n"), IsError(Code::kConfiguration, HasSubstr("client.toml:1")));
}

TEST_F(ProfileTest, AMissingFileSaysWhatToGive) {
  EXPECT_THAT(LoadProfile(folder_.path() / "none"),
              IsError(Code::kConfiguration, HasSubstr("--profile")));
}

TEST_F(ProfileTest, SourcesAreTriedInOrder) {
  const auto working = folder_.path() / "work";
  const auto home = folder_.path() / "home";
  const auto local = working / "var/client/admin/client.toml";
  const auto own = home / ".config/vallum/client.toml";
  ProfileSources sources{.option = "", .environment = "", .working_folder = working, .home = home};
  EXPECT_THAT(FindProfile(sources), IsError(Code::kConfiguration, HasSubstr("VALLUM_PROFILE")));

  std::filesystem::create_directories(own.parent_path());
  ASSERT_THAT(WriteFileDurably(own, {}, 0600), IsOk());
  EXPECT_THAT(FindProfile(sources), IsOkAnd(own));
  std::filesystem::create_directories(local.parent_path());
  ASSERT_THAT(WriteFileDurably(local, {}, 0600), IsOk());
  EXPECT_THAT(FindProfile(sources), IsOkAnd(local));
  sources.environment = "/from/environment";
  EXPECT_THAT(FindProfile(sources), IsOkAnd(std::filesystem::path("/from/environment")));
  sources.option = "/from/option";
  EXPECT_THAT(FindProfile(sources), IsOkAnd(std::filesystem::path("/from/option")));
}

}  // namespace
}  // namespace vallum::remote
