// SPDX-License-Identifier: Apache-2.0
// Requirement: auth-rate
#include "module/authentication.h"

#include <chrono>
#include <thread>

#include "module/impl.h"
#include "module/test_operators.h"

namespace vallum::module {
namespace {

class AuthenticationTest : public OperatorsTest {
 protected:
  // A token of the operator's own, played by keys of the module: an officer makes them, a user signs.
  void EnrolWithKey(std::string_view name, Role role, Algorithm algorithm) {
    token_ = Make(algorithm);
    const OperatorScope acting(officer_);
    NewOperator who;
    who.name = name;
    who.role = role;
    who.algorithm = algorithm;
    who.public_key = module_->PublicKey(*token_).value();
    ASSERT_THAT(EnrolOperator(*module_, who), IsOk());
  }

  Bytes SignWithToken(ByteSpan message) {
    const OperatorScope acting(user_);
    return module_->Sign(*token_, Scheme::kDefault, message)->value;
  }

  Result<SessionRef> Try(std::string_view name, Role role, std::string_view passphrase) {
    return LoginWithPassphrase(*module_, name, role, Passphrase(passphrase));
  }

  KeyRef token_;
};

TEST_F(AuthenticationTest, AnOperatorLogsInBySigningAChallenge) {
  for (const Algorithm algorithm : {Algorithm::kEcP256, Algorithm::kEd25519}) {
    SCOPED_TRACE(Name(algorithm));
    const std::string name = "key-" + std::string(Name(algorithm));
    EnrolWithKey(name, Role::kAuditor, algorithm);
    const auto challenge = BeginLogin(*module_, name, Role::kAuditor);
    ASSERT_THAT(challenge, IsOk());
    const auto session = FinishLogin(*module_, *challenge, SignWithToken(challenge->message));
    ASSERT_THAT(session, IsOk());
    EXPECT_EQ(RoleOf(**session), Role::kAuditor);
    EXPECT_EQ(OperatorOf(**session), name);
  }
}

TEST_F(AuthenticationTest, AChallengeIsGoodForOneAttempt) {
  EnrolWithKey("kim", Role::kUser, Algorithm::kEcP256);
  const auto challenge = BeginLogin(*module_, "kim", Role::kUser);
  ASSERT_THAT(challenge, IsOk());
  Bytes wrong = SignWithToken(challenge->message);
  wrong.back() ^= 1;
  EXPECT_THAT(FinishLogin(*module_, *challenge, wrong), IsError(Code::kUnauthenticated));
  EXPECT_THAT(FinishLogin(*module_, *challenge, SignWithToken(challenge->message)),
              IsError(Code::kUnauthenticated));
}

TEST_F(AuthenticationTest, AChallengeIsBoundToNameRoleAndInstance) {
  EnrolWithKey("kim", Role::kUser, Algorithm::kEcP256);
  const std::size_t instance_at = std::string_view("vallum operator login 1\n").size();
  const std::size_t role_at = instance_at + 16 + 32;
  for (const std::size_t at : {std::size_t{0}, instance_at, role_at, role_at + 1}) {
    auto challenge = BeginLogin(*module_, "kim", Role::kUser);
    ASSERT_THAT(challenge, IsOk());
    challenge->message[at] ^= 1;
    EXPECT_THAT(FinishLogin(*module_, *challenge, SignWithToken(challenge->message)),
                IsError(Code::kUnauthenticated))
        << at;
  }
  const auto officer = BeginLogin(*module_, "kim", Role::kCryptoOfficer);
  ASSERT_THAT(officer, IsOk());
  EXPECT_THAT(FinishLogin(*module_, *officer, SignWithToken(officer->message)),
              IsError(Code::kUnauthenticated))
      << "her role is another";
}

TEST_F(AuthenticationTest, AnUnknownNameGetsAChallengeAndIsRefusedAlike) {
  EnrolWithKey("kim", Role::kUser, Algorithm::kEcP256);
  const auto challenge = BeginLogin(*module_, "nobody", Role::kUser);
  ASSERT_THAT(challenge, IsOk());
  const auto refused = FinishLogin(*module_, *challenge, SignWithToken(challenge->message));
  ASSERT_THAT(refused, IsError(Code::kUnauthenticated));
  const auto known = BeginLogin(*module_, "kim", Role::kUser);
  const auto wrong = FinishLogin(*module_, *known, Bytes(70, 1));
  ASSERT_THAT(wrong, IsError(Code::kUnauthenticated));
  EXPECT_EQ(refused.error().message(), wrong.error().message());
}

TEST_F(AuthenticationTest, OpenChallengesAreBounded) {
  for (int i = 0; i < 64; ++i) ASSERT_THAT(BeginLogin(*module_, "kim", Role::kUser), IsOk());
  EXPECT_THAT(BeginLogin(*module_, "kim", Role::kUser), IsError(Code::kResourceExhausted));
}

TEST_F(AuthenticationTest, AWrongPassphraseRoleOrNameIsRefusedInTheSameWords) {
  const auto passphrase = Try("umberto", Role::kUser, "not the passphrase");
  const auto role = Try("umberto", Role::kCryptoOfficer, kUserPassphrase);
  const auto name = Try("nobody", Role::kUser, kUserPassphrase);
  const auto empty = Try("ada", Role::kAuditor, "");
  for (const auto* refused : {&passphrase, &role, &name, &empty}) {
    ASSERT_THAT(*refused, IsError(Code::kUnauthenticated));
    EXPECT_EQ(refused->error().message(), passphrase.error().message());
  }
}

TEST_F(AuthenticationTest, GuessingIsThrottledForNamesThatExistAndThatDoNot) {
  for (const std::string_view name : {"nobody", "umberto"}) {
    std::vector<Code> codes;
    codes.reserve(12);
    for (int i = 0; i < 12; ++i) {
      codes.push_back(Try(name, Role::kUser, "not the passphrase").error().code());
    }
    EXPECT_EQ(codes.back(), Code::kUnavailable) << name;
    EXPECT_LE(std::ranges::count(codes, Code::kUnauthenticated), 10) << name;
  }
  EXPECT_THAT(Try("umberto", Role::kUser, kUserPassphrase), IsError(Code::kUnavailable))
      << "the right one is not looked at either";
}

TEST_F(AuthenticationTest, AShortPassphraseIsNotEnrolled) {
  const OperatorScope acting(officer_);
  EXPECT_THAT(EnrolOperator(*module_, WithPassphrase("eve", Role::kUser, "thirteenbytes")),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(EnrolOperator(*module_, WithPassphrase("e ve", Role::kUser, kUserPassphrase)),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(
      EnrolOperator(*module_, WithPassphrase("eve", Role::kUnauthenticated, kUserPassphrase)),
      IsError(Code::kInvalidArgument));
  NewOperator neither;
  neither.name = "eve";
  EXPECT_THAT(EnrolOperator(*module_, neither), IsError(Code::kInvalidArgument));
  EXPECT_THAT(EnrolOperator(*module_, WithPassphrase("olga", Role::kUser, kUserPassphrase)),
              IsError(Code::kAlreadyExists));
}

TEST_F(AuthenticationTest, OnlyAnOfficerEnrolsAndRemoves) {
  const OperatorScope acting(user_);
  EXPECT_THAT(EnrolOperator(*module_, WithPassphrase("eve", Role::kUser, kUserPassphrase)),
              IsError(Code::kPermissionDenied));
  EXPECT_THAT(RemoveOperator(*module_, "ada"), IsError(Code::kPermissionDenied));
}

TEST_F(AuthenticationTest, ARemovedOperatorIsOutAtOnce) {
  const OperatorScope acting(officer_);
  ASSERT_THAT(RemoveOperator(*module_, "ada"), IsOk());
  EXPECT_FALSE(IsLive(*auditor_));
  EXPECT_THAT(Try("ada", Role::kAuditor, kAuditorPassphrase), IsError(Code::kUnauthenticated));
  EXPECT_THAT(RemoveOperator(*module_, "ada"), IsError(Code::kNotFound));
}

// The stretching of a passphrase takes long enough to change the module in between.
class LoginInFlightTest : public AuthenticationTest {
 protected:
  void Start() {
    login_ = std::thread([this] { ended_ = Try("ada", Role::kAuditor, kAuditorPassphrase); });
    while (module_->impl().gate.inside() == 0) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ASSERT_EQ(module_->impl().gate.inside(), 1u) << "the login is over already";
  }
  const Result<SessionRef>& End() {
    login_.join();
    return ended_;
  }

 private:
  std::thread login_;
  Result<SessionRef> ended_{SessionRef()};
};

TEST_F(LoginInFlightTest, ALoginThatTheGateRefusesLeavesNoSession) {
  const std::size_t before = module_->impl().operators.sessions();
  Start();
  module_->impl().Fail(Internal("for the test"));
  EXPECT_THAT(End(), IsError(Code::kModuleState));
  EXPECT_EQ(module_->impl().operators.sessions(), before);
}

TEST_F(LoginInFlightTest, AnOperatorWhoIsRemovedMeanwhileDoesNotGetIn) {
  Start();
  {
    const OperatorScope acting(officer_);
    ASSERT_THAT(RemoveOperator(*module_, "ada"), IsOk());
  }
  EXPECT_THAT(End(), IsError(Code::kUnauthenticated));
}

TEST_F(LoginInFlightTest, AZeroisationEndsTheLoginThatItWaitedFor) {
  Start();
  {
    const OperatorScope acting(officer_);
    ASSERT_THAT(ZeroiseAll(*module_), IsOk());
  }
  EXPECT_FALSE(End());
  EXPECT_EQ(module_->impl().operators.sessions(), 0u);
}

TEST_F(AuthenticationTest, TheFirstOfficerIsEnrolledBeforeUnsealingAndWithTheRootKeyOnly) {
  const NewOperator late = WithPassphrase("late", Role::kCryptoOfficer, kOfficerPassphrase);
  EXPECT_THAT(EnrolFirstOfficer(*module_, root_, kek_, late), IsError(Code::kModuleState));
  module_.reset();
  ModuleConfig config = TestConfig();
  config.roles = RoleModel::kAuthenticated;
  module_ = Module::Start(config).value();
  EXPECT_THAT(EnrolFirstOfficer(*module_, SecretBytes::Create(32).value(), kek_, late),
              IsError(Code::kIntegrity));
  EXPECT_THAT(EnrolFirstOfficer(*module_, root_, kek_,
                                WithPassphrase("user", Role::kUser, kUserPassphrase)),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(EnrolFirstOfficer(*module_, root_, kek_, late), IsOk());
}

TEST_F(AuthenticationTest, SessionsDieWithTheProcessAndRecordsLive) {
  const SessionRef old = officer_;
  module_.reset();
  ModuleConfig config = TestConfig();
  config.roles = RoleModel::kAuthenticated;
  module_ = Module::Start(config).value();
  ASSERT_THAT(module_->Unseal(root_, kek_), IsOk());
  std::array<std::uint8_t, 8> room{};
  {
    const OperatorScope acting(old);
    EXPECT_THAT(module_->Random(room), IsError(Code::kUnauthenticated));
  }
  EXPECT_THAT(Try("olga", Role::kCryptoOfficer, kOfficerPassphrase),
              IsError(Code::kUnauthenticated))
      << "her record is not loaded yet";
  ASSERT_THAT(LoadOperator(*module_, officer_record_), IsOk());
  EXPECT_THAT(Try("olga", Role::kCryptoOfficer, kOfficerPassphrase), IsOk());
}

TEST_F(AuthenticationTest, ARecordThatWasEditedOrIsAnothersIsRefused) {
  {
    const OperatorScope acting(officer_);
    ASSERT_THAT(RemoveOperator(*module_, "olga"), IsOk());
  }
  for (std::size_t bit = 0; bit < officer_record_.size() * 8; ++bit) {
    Bytes edited = officer_record_;
    edited[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    ASSERT_THAT(LoadOperator(*module_, edited), IsError(Code::kIntegrity)) << bit;
  }
  module_.reset();
  module_ = StartForTest();
  EXPECT_THAT(LoadOperator(*module_, officer_record_), IsError(Code::kIntegrity))
      << "another key-encryption key";
}

}  // namespace
}  // namespace vallum::module
