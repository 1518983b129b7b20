// SPDX-License-Identifier: Apache-2.0
// The log on the real module: SHA-256 and Ed25519, against vectors that others published.
#include "audit/merkle.h"
#include "audit/note.h"
#include "audit/test_support.h"
#include "module/module.h"

namespace vallum::audit {
namespace {

constexpr std::array<std::uint8_t, 12> kEd25519Spki = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                       0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

class AuditModuleTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::filesystem::path folder = std::filesystem::path(VALLUM_BINARY_DIR) / "lib/vallum";
    const auto profile = module::LoadProfile(folder / "fips-profile.toml");
    ASSERT_THAT(profile, IsOk());
    auto started = module::Module::Start({.provider_path = folder / "fips.so",
                                          .profile = *profile,
                                          .policy = module::Policy::kOnly});
    ASSERT_THAT(started, IsOk());
    ASSERT_THAT((*started)->UnsealEphemeral(), IsOk());
    module_ = started->release();
  }
  static void TearDownTestSuite() { delete module_; }
  void SetUp() override { ASSERT_NE(module_, nullptr); }

  static Sha256Function Sha256() {
    return [](std::initializer_list<ByteSpan> parts) { return module_->Sha256(parts); };
  }
  static Crypto MakeCrypto() {
    module::KeySpec spec;
    spec.algorithm = module::Algorithm::kEd25519;
    const auto key = module_->GenerateKey(spec, {}, 1);
    const module::KeyRef ref = key->value.key;
    const Bytes spki = *module_->PublicKey(*ref);
    return {.sha256 = Sha256(),
            .sign = [ref](ByteSpan message) -> Result<Bytes> {
              return TRY(module_->Sign(*ref, module::Scheme::kDefault, message)).value;
            },
            .public_key = {spki.end() - 32, spki.end()}};
  }
  static VerifyCrypto MakeVerifyCrypto() {
    return {.sha256 = Sha256(),
            .verify = [](ByteSpan public_key, ByteSpan message, ByteSpan signature) -> Status {
              Bytes spki(kEd25519Spki.begin(), kEd25519Spki.end());
              Append(spki, public_key);
              const auto key =
                  TRY(module_->EnterPublicKey(module::Algorithm::kEd25519, spki)).value;
              TRY(module_->Verify(*key, module::Scheme::kDefault, message, signature));
              return {};
            }};
  }

  static module::Module* module_;
};

module::Module* AuditModuleTest::module_ = nullptr;

// The inputs and roots of Certificate Transparency's reference implementation.
TEST_F(AuditModuleTest, RootsAreThoseOfTheReferenceImplementation) {
  const char* leaves[] = {"",
                          "00",
                          "10",
                          "2021",
                          "3031",
                          "40414243",
                          "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"};
  const char* roots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  TileEdge edge;
  for (std::size_t size = 0;; ++size) {
    EXPECT_EQ(ToHex(edge.Root(Sha256()).value()), roots[size]) << size;
    if (size == std::size(leaves)) break;
    const Hash leaf = LeafHash(Sha256(), *FromHex(leaves[size])).value();
    ASSERT_THAT(edge.Add(Sha256(), 0, leaf, [](const FullTile&) { return Status(); }), IsOk());
  }
}

// The key and note that document Go's implementation of signed notes.
TEST_F(AuditModuleTest, AKnownNoteKeyAndSignatureAreAccepted) {
  const auto key =
      ParseNoteKey(Sha256(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  ASSERT_THAT(key, IsOk());
  const std::string text =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n";
  const Bytes signature = *FromBase64(
      "x08go/ZJkuBS9UG/"
      "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=");
  EXPECT_EQ(ToHex(ByteSpan(signature).first(4)), ToHex(key->id));
  const auto crypto = MakeVerifyCrypto();
  EXPECT_THAT(crypto.verify(key->public_key, AsBytes(text), ByteSpan(signature).subspan(4)),
              IsOk());
}

TEST_F(AuditModuleTest, ALogWrittenWithTheModuleOpensAgainAndVerifies) {
  const ScratchFolder folder;
  const SystemClock clock;
  const Crypto crypto = MakeCrypto();
  std::string key;
  for (int round = 0; round < 2; ++round) {
    const auto log = AuditLog::Open(TestOptions(folder.path()), crypto, clock);
    ASSERT_THAT(log, IsOk());
    AppendRecords(**log, 300);
    key = (*log)->VerifierKey();
  }
  const auto report = VerifyLog(folder.path(), key, MakeVerifyCrypto(), {});
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->size, 600u);
}

TEST_F(AuditModuleTest, AnotherKeyOfTheSameNameIsRefused) {
  const ScratchFolder folder;
  const SystemClock clock;
  { ASSERT_THAT(AuditLog::Open(TestOptions(folder.path()), MakeCrypto(), clock), IsOk()); }
  EXPECT_THAT(AuditLog::Open(TestOptions(folder.path()), MakeCrypto(), clock),
              IsError(Code::kIntegrity));
}

}  // namespace
}  // namespace vallum::audit
