// SPDX-License-Identifier: Apache-2.0
#include "service/seal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "keystore/sqlite_keystore.h"
#include "service/key_record.h"

namespace vallum::service {
namespace {

// Its own program: each test starts the module anew, of which a process has one at a time.
class SealTest : public ::testing::Test {
 protected:
  SealTest() {
    std::string path = (std::filesystem::temp_directory_path() / "vallum-seal-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) abort();
    folder_ = path;
    store_ = *keystore::OpenSqliteKeystore(folder_ / "store.db");
    Start();
  }
  ~SealTest() override {
    module_.reset();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void Start() {
    module_.reset();
    const std::filesystem::path library = std::string(VALLUM_BINARY_DIR) + "/lib/vallum";
    module::ModuleConfig config;
    config.provider_path = library / "fips.so";
    config.profile = *module::LoadProfile(library / "fips-profile.toml");
    module_ = *module::Module::Start(config);
  }
  Result<SecretBytes> OpenSeal() { return OpenDevelopmentFileSeal(*module_, *store_, Path()); }
  Status Unseal() {
    const SecretBytes root = TRY(OpenSeal());
    return OpenKek(*module_, *store_, root);
  }
  std::filesystem::path Path() const { return folder_ / "seal" / "root.key"; }
  static void ExpectCode(const Status& status, Code code) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), code) << status.error().ToString();
  }
  static Status StatusOf(const Result<SecretBytes>& result) {
    return result ? Status() : Status(result.error());
  }

  std::filesystem::path folder_;
  std::unique_ptr<keystore::Keystore> store_;
  std::unique_ptr<module::Module> module_;
};

TEST_F(SealTest, TheFirstStartMakesAPrivateFileAndUnseals) {
  ASSERT_TRUE(Unseal());
  EXPECT_EQ(module_->state(), module::State::kOperational);
  struct stat facts {};
  ASSERT_EQ(stat(Path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0600u);
  EXPECT_EQ(facts.st_size, 32);
}

TEST_F(SealTest, TheNextStartOpensWhatTheFirstOneMade) {
  ASSERT_TRUE(Unseal());
  const KeyId id({1, 2, 3});
  const auto made =
      module_->GenerateKey({.algorithm = module::Algorithm::kAes256Gcm, .usages = {}}, id, 1);
  ASSERT_TRUE(made);
  const Bytes blob = made->value.blob;
  Start();
  ASSERT_TRUE(Unseal());
  EXPECT_TRUE(module_->OpenKey(blob, id, 1));
}

TEST_F(SealTest, AFileThatOthersMayReadIsRefused) {
  ASSERT_TRUE(Unseal());
  ASSERT_EQ(chmod(Path().c_str(), 0640), 0);
  ExpectCode(StatusOf(OpenSeal()), Code::kPermissionDenied);
}

TEST_F(SealTest, AFileOfAnotherSizeIsRefused) {
  ASSERT_TRUE(Unseal());
  for (const std::size_t size : {0u, 31u, 33u}) {
    ASSERT_TRUE(WriteFileDurably(Path(), Bytes(size, 1), 0600));
    ExpectCode(StatusOf(OpenSeal()), Code::kIntegrity);
  }
}

TEST_F(SealTest, ALostFileIsNotMadeAnew) {
  ASSERT_TRUE(Unseal());
  std::filesystem::remove(Path());
  ExpectCode(StatusOf(OpenSeal()), Code::kIntegrity);
  EXPECT_FALSE(std::filesystem::exists(Path()));
}

TEST_F(SealTest, AnotherRootKeyDoesNotOpenTheStore) {
  ASSERT_TRUE(Unseal());
  Start();
  ASSERT_TRUE(WriteFileDurably(Path(), Bytes(32, 1), 0600));
  ExpectCode(Unseal(), Code::kIntegrity);
  EXPECT_EQ(module_->state(), module::State::kUninitialised);
}

TEST_F(SealTest, ACrashBeforeTheKekWasStoredIsNoHarm) {
  ASSERT_TRUE(OpenSeal());
  Start();
  EXPECT_TRUE(Unseal());
}

TEST(RiskTextTest, OnlyTheDevelopmentSealHasARisk) {
  EXPECT_NE(RiskText(kDevelopmentFileSeal).find("development only"), std::string_view::npos);
  EXPECT_TRUE(RiskText("other").empty());
}

}  // namespace
}  // namespace vallum::service
