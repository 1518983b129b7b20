// SPDX-License-Identifier: Apache-2.0
// A key of a server, whose answers the test makes up.
#include "p11/token/remote_key.h"

#include <deque>

#include "base/test_matchers.h"

namespace vallum::p11 {
namespace {

using testing::HasSubstr;

/// ScriptedPool answers what it was told, and keeps what it was asked.
class ScriptedPool final : public remote::Pool {
 public:
  Result<remote::Reply> Send(const remote::Call& call) override {
    target = call.target;
    body = AsText(call.body);
    repeat = call.repeat;
    if (!error.message().empty()) return error;
    net::ClientResponse response;
    response.status = status;
    TRY(response.body.Append(AsBytes(answer)));
    return remote::Checked(std::move(response));
  }

  unsigned status = 200;
  std::string answer;
  Error error{Code::kInternal, ""};
  std::string target;
  std::string body;
  remote::Repeat repeat = remote::Repeat::kNo;
};

class RemoteKeyTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::filesystem::path provider = VALLUM_FIPS_MODULE;
    auto profile = module::LoadProfile(provider.parent_path() / "fips-profile.toml");
    ASSERT_THAT(profile, IsOk());
    auto module = module::Module::Start({.provider_path = provider, .profile = *profile});
    ASSERT_THAT(module, IsOk());
    ASSERT_THAT((*module)->UnsealEphemeral(), IsOk());
    module_ = module->release();
  }
  static void TearDownTestSuite() { delete module_; }

  UsableKeyRef Key(module::Algorithm algorithm) {
    return MakeRemoteKey(*module_, pool_,
                         {.id = KeyId(*ParseUuid("0197d3a0-0000-7000-8000-000000000001")),
                          .name = "a b",
                          .algorithm = algorithm,
                          .usages = module::AllUsages(algorithm),
                          .version = 3,
                          .active = true});
  }

  static inline module::Module* module_ = nullptr;
  std::shared_ptr<ScriptedPool> pool_ = std::make_shared<ScriptedPool>();
};

TEST_F(RemoteKeyTest, ADigestIsSignedByTheVersionOfTheKey) {
  pool_->answer = R"({"signature":"AQI=","version":3,"fips":{"approved":true,"reasons":[]}})";
  const Bytes digest(32, 7);
  const auto made =
      Key(module::Algorithm::kEcP256)
          ->Sign({.scheme = module::Scheme::kEcdsaSha256, .data = digest, .is_digest = true});
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->value, (Bytes{1, 2}));
  EXPECT_TRUE(made->indicator.approved());
  EXPECT_EQ(pool_->target, "/v1/keys/a%20b/sign");
  EXPECT_EQ(pool_->body,
            R"({"digest":")" + ToBase64(digest) + R"(","scheme":"ecdsa-sha256","version":3})");
  EXPECT_EQ(pool_->repeat, remote::Repeat::kYes);
}

TEST_F(RemoteKeyTest, AMessageThatIsHashedIsHashedHere) {
  pool_->answer = R"({"signature":"AQI=","version":3})";
  ASSERT_THAT(Key(module::Algorithm::kEcP256)
                  ->Sign({.scheme = module::Scheme::kEcdsaSha256, .data = AsBytes("abc")}),
              IsOk());
  const Bytes known = *FromHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_THAT(pool_->body, HasSubstr(ToBase64(known)));
}

TEST_F(RemoteKeyTest, AMessageThatIsNotHashedGoesToTheServer) {
  pool_->answer = R"({"signature":"AQI=","version":3})";
  ASSERT_THAT(Key(module::Algorithm::kEd25519)
                  ->Sign({.scheme = module::Scheme::kEd25519, .data = AsBytes("abc")}),
              IsOk());
  EXPECT_THAT(pool_->body, HasSubstr(R"("message":"YWJj")"));
}

TEST_F(RemoteKeyTest, OptionsAreNotSilentlyLeftOut) {
  const module::SignatureOptions options{.context = {1}};
  EXPECT_THAT(
      Key(module::Algorithm::kMlDsa44)
          ->Sign({.scheme = module::Scheme::kMlDsa, .data = AsBytes("abc"), .options = &options}),
      IsError(Code::kUnsupported));
  EXPECT_TRUE(pool_->target.empty());
}

TEST_F(RemoteKeyTest, RefusalsAreThoseOfAKey) {
  const auto sign = [&](unsigned status, std::string_view code) {
    pool_->status = status;
    pool_->answer = R"({"code":")" + std::string(code) + R"(","detail":"said"})";
    return Key(module::Algorithm::kEd25519)->Sign({.data = AsBytes("abc")});
  };
  EXPECT_THAT(sign(403, "permission_denied"), IsError(Code::kKeyUsage));
  EXPECT_THAT(sign(404, "not_found"), IsError(Code::kKeyState));
  EXPECT_THAT(sign(413, "resource_exhausted"), IsError(Code::kInvalidArgument));
  EXPECT_THAT(sign(409, "key_state"), IsError(Code::kKeyState));
  EXPECT_THAT(sign(500, "internal"), IsError(Code::kUnavailable));
}

TEST_F(RemoteKeyTest, NonsenseIsNoSignature) {
  for (const char* text : {"", "{}", "[]", "<html>", R"({"signature":"AQI=","version":2})"}) {
    pool_->answer = text;
    EXPECT_THAT(Key(module::Algorithm::kEd25519)->Sign({.data = AsBytes("abc")}),
                IsError(Code::kNetwork))
        << text;
  }
}

TEST_F(RemoteKeyTest, ADecapsulatedSecretBecomesAKeyOfThisModule) {
  const module::KeySpec spec{.algorithm = module::Algorithm::kGenericSecret,
                             .usages = module::Usage::kDerive,
                             .extractable = true};
  const Bytes secret(32, 9);
  pool_->answer = R"({"shared_secret":")" + ToBase64(secret) + R"(","fips":{"approved":true}})";
  const auto made = Key(module::Algorithm::kMlKem768)->Decapsulate(Bytes(1088, 1), spec);
  ASSERT_THAT(made, IsOk());
  EXPECT_TRUE(made->indicator.approved());
  const auto bytes = ExportSecretKey(*module_, *made->value);
  ASSERT_THAT(bytes, IsOk());
  EXPECT_TRUE(std::ranges::equal(bytes->value.span(), secret));
  pool_->answer = R"({"shared_secret":"AQI="})";
  EXPECT_THAT(Key(module::Algorithm::kMlKem768)->Decapsulate(Bytes(1088, 1), spec),
              IsError(Code::kNetwork));
}

TEST_F(RemoteKeyTest, TheKeyItselfIsNotHere) {
  EXPECT_THAT(Key(module::Algorithm::kEcP256)->Local(), IsError(Code::kUnsupported));
}

}  // namespace
}  // namespace vallum::p11
