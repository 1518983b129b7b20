// SPDX-License-Identifier: Apache-2.0
#include "server/admin_files.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/test_matchers.h"

namespace vallum::server {
namespace {

using std::filesystem::perms;

class AdminFilesTest : public testing::Test {
 protected:
  void WriteCredential() {
    service::FirstAdmin admin;
    admin.name = "admin";
    admin.certificate_pem = "certificate\n";
    admin.key_pem = *SecretBytes::CopyOf(AsBytes("key\n"));
    ASSERT_THAT(WriteAdminFiles(folder_, admin, "ca\n"), IsOk());
  }

  std::string Read(std::string_view name) {
    const auto bytes = ReadFile(folder_ / name);
    return bytes ? std::string(AsText(*bytes)) : bytes.error().ToString();
  }

  ScratchFolder scratch_;
  std::filesystem::path folder_ = AdminFolder(scratch_.path());
};

TEST_F(AdminFilesTest, WritesTheCredentialForItsOwnerOnly) {
  WriteCredential();
  EXPECT_EQ(Read("client.crt"), "certificate\n");
  EXPECT_EQ(Read("client.key"), "key\n");
  EXPECT_EQ(Read("ca.crt"), "ca\n");
  EXPECT_EQ(std::filesystem::status(folder_).permissions(), perms::owner_all);
  EXPECT_EQ(std::filesystem::status(folder_ / "client.key").permissions(),
            perms::owner_read | perms::owner_write);
}

TEST_F(AdminFilesTest, WritesAProfileBesideTheCredential) {
  WriteCredential();
  ASSERT_THAT(RefreshProfile(folder_, "https://127.0.0.1:8443"), IsOk());
  EXPECT_EQ(Read("client.toml"),
            "server = \"https://127.0.0.1:8443\"\ncertificate = \"client.crt\"\n"
            "key = \"client.key\"\nca = \"ca.crt\"\n");
}

TEST_F(AdminFilesTest, RefreshesTheServerAndNothingElse) {
  WriteCredential();
  ASSERT_THAT(WriteFileDurably(
                  folder_ / "client.toml",
                  AsBytes("# mine\nserver=\"https://old\"\nserver_note = 1\nca = \"x\""), 0600),
              IsOk());
  ASSERT_THAT(RefreshProfile(folder_, "https://127.0.0.1:9"), IsOk());
  EXPECT_EQ(Read("client.toml"),
            "# mine\nserver = \"https://127.0.0.1:9\"\nserver_note = 1\nca = \"x\"\n");
}

TEST_F(AdminFilesTest, WithoutACredentialThereIsNoProfile) {
  ASSERT_THAT(RefreshProfile(folder_, "https://127.0.0.1:8443"), IsOk());
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(AdminFilesTest, AFolderThatCannotBeMadeIsAnError) {
  ASSERT_THAT(WriteFileDurably(scratch_ / "client", {}, 0600), IsOk());
  service::FirstAdmin admin;
  EXPECT_FALSE(WriteAdminFiles(folder_, admin, "ca\n"));
}

}  // namespace
}  // namespace vallum::server
