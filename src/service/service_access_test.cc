// SPDX-License-Identifier: Apache-2.0
// Who may do what: principals, roles, grants, and what a stranger learns (nothing).
#include "service/service_test_support.h"

namespace vallum::service {
namespace {

using module::Algorithm;
using module::Scheme;
using policy::Action;

class ServiceAccessTest : public ServiceFixture {
 protected:
  static std::vector<std::string> NamesOf(const KeyPage& page) {
    std::vector<std::string> names;
    for (const KeyInfo& key : page.keys) names.push_back(key.name);
    return names;
  }
};

// The code and message of what `call` answers about a key.
struct Answer {
  Code code = Code::kInternal;
  std::string message;
  bool operator==(const Answer&) const = default;
};
void PrintTo(const Answer& answer, std::ostream* out) {
  *out << CodeName(answer.code) << ": " << answer.message;
}

template <typename T>
Answer AnswerOf(const Result<T>& result) {
  if (result) return {Code::kInternal, "ok"};
  return {result.error().code(), result.error().message()};
}

// Every use of a key by name; the answers about "secret" with its name replaced by `missing`.
std::vector<Answer> AskEverything(Service& service, const Caller& caller, const std::string& name) {
  const Service::PlaintextItem plain{AsBytes("x"), {}};
  const Bytes bytes(60, 1);
  const Service::CiphertextItem sealed{bytes, {}};
  const SignInput input{AsBytes("x")};
  const Service::VerifyItem verify{input, bytes};
  const ByteSpan message = AsBytes("x");
  ImportKeyRequest import;
  import.key.name = "new";
  import.key.algorithm = Algorithm::kHmacSha256;
  import.wrapping_key = name;
  import.wrapped = bytes;
  return {
      AnswerOf(service.ShowKey(caller, name)),
      AnswerOf(service.RotateKey(caller, name)),
      AnswerOf(service.SetKeyState(caller, {name}, KeyState::kDestroyed)),
      AnswerOf(service.PublicKey(caller, {name})),
      AnswerOf(service.Encrypt(caller, {name}, {&plain, 1})),
      AnswerOf(service.Decrypt(caller, name, {&sealed, 1})),
      AnswerOf(service.Sign(caller, {name}, Scheme::kDefault, {&input, 1})),
      AnswerOf(service.Verify(caller, {name}, Scheme::kDefault, {&verify, 1})),
      AnswerOf(service.Mac(caller, {name}, {&message, 1})),
      AnswerOf(service.VerifyMac(caller, {name}, {&verify, 1})),
      AnswerOf(service.GenerateDataKey(caller, {name}, {})),
      AnswerOf(service.Wrap(caller, {name}, {name})),
      AnswerOf(service.Encapsulate(caller, {name})),
      AnswerOf(service.Decapsulate(caller, {name}, bytes)),
      AnswerOf(service.ImportKey(caller, import)),
      AnswerOf(service.SetGrant(caller, {name, "user", policy::Bit(Action::kSign)})),
      AnswerOf(service.Encrypt(caller, {name, 9}, {&plain, 1})),
      AnswerOf(service.Encrypt(caller, {name}, {})),
  };
}

TEST_F(ServiceAccessTest, AnotherPrincipalsKeyAnswersLikeAMissingOne) {
  MakeKey("secret", Algorithm::kAes256Gcm);
  const Caller user = NewCaller("user", kUser);
  std::vector<Answer> existing = AskEverything(*service_, user, "secret");
  const std::vector<Answer> missing = AskEverything(*service_, user, "absent");
  for (Answer& answer : existing) {
    for (std::size_t at; (at = answer.message.find("secret")) != std::string::npos;) {
      answer.message.replace(at, 6, "absent");
    }
    EXPECT_TRUE(answer.code == Code::kNotFound || answer.code == Code::kPermissionDenied)
        << answer.message;
  }
  EXPECT_EQ(existing, missing);
  EXPECT_THAT(service_->ShowKey(Admin(), "secret"), IsOk());
}

TEST_F(ServiceAccessTest, AnonymousAndUnknownCallersGetNothingAndAreRecorded) {
  MakeKey("secret", Algorithm::kAes256Gcm);
  for (const Bytes& fingerprint : {Bytes(), Bytes(32, 9)}) {
    const Caller caller = CallerOf(fingerprint);
    for (const Answer& answer : AskEverything(*service_, caller, "secret")) {
      EXPECT_EQ(answer.code, Code::kUnauthenticated) << answer.message;
    }
    EXPECT_THAT(service_->GetStatus(caller), IsError(Code::kUnauthenticated));
    EXPECT_THAT(service_->SelfTest(caller), IsError(Code::kUnauthenticated));
    EXPECT_THAT(service_->Random(caller, 1), IsError(Code::kUnauthenticated));
    EXPECT_THAT(service_->ListKeys(caller, "", "", 1), IsError(Code::kUnauthenticated));
    EXPECT_THAT(service_->ListPrincipals(caller), IsError(Code::kUnauthenticated));
    EXPECT_THAT(service_->RevokePrincipal(caller, "admin"), IsError(Code::kUnauthenticated));
    EXPECT_THAT(service_->OpenAudit(caller), IsError(Code::kUnauthenticated));
    EXPECT_THAT(MakePrincipal(caller, "x", kUser), IsError(Code::kUnauthenticated));
    EXPECT_EQ(LastRecord().principal, "unknown");
    EXPECT_EQ(LastRecord().outcome, "unauthenticated");
  }
}

TEST_F(ServiceAccessTest, AGrantAllowsWhatItNamesAndNothingElse) {
  MakeKey("k", Algorithm::kEcP256);
  const Caller user = NewCaller("user", kUser);
  EXPECT_THAT(SignOne(user, "k", "m"), IsError(Code::kNotFound));
  GrantTo("k", "user", policy::Bit(Action::kSign));
  const auto made = SignOne(user, "k", "m");
  ASSERT_THAT(made, IsOk());
  const Service::VerifyItem item{{AsBytes("m")}, made->signature};
  EXPECT_FALSE(service_->Verify(user, {"k"}, Scheme::kDefault, {&item, 1}));
  GrantTo("k", "user", policy::Bit(Action::kVerify));
  EXPECT_FALSE(SignOne(user, "k", "m"));
  EXPECT_THAT(service_->Verify(user, {"k"}, Scheme::kDefault, {&item, 1}), IsOk());
}

TEST_F(ServiceAccessTest, ATakenGrantIsGoneAtOnceAndAfterARestart) {
  MakeKey("k", Algorithm::kEcP256);
  const Caller user = NewCaller("user", kUser);
  GrantTo("k", "user", policy::Bit(Action::kSign));
  ASSERT_THAT(SignOne(user, "k", "m"), IsOk());
  GrantTo("k", "user", 0);
  EXPECT_THAT(SignOne(user, "k", "m"), IsError(Code::kNotFound));
  Close();
  Open();
  EXPECT_THAT(SignOne(user, "k", "m"), IsError(Code::kNotFound));
}

TEST_F(ServiceAccessTest, AUserListsOnlyItsOwnAndGrantedKeys) {
  const Caller officer = NewCaller("officer", kOfficer | kUser);
  const Caller user = NewCaller("user", kUser);
  MakeKeyAs(officer, "b-own", Algorithm::kEcP256);
  MakeKey("a-hidden", Algorithm::kEcP256);
  MakeKey("c-granted", Algorithm::kEcP256);
  MakeKey("d-granted", Algorithm::kEcP256);
  GrantTo("c-granted", "user", policy::Bit(Action::kSign));
  GrantTo("d-granted", "user", policy::Bit(Action::kSign));
  EXPECT_EQ(NamesOf(*service_->ListKeys(user, "", "", 100)),
            (std::vector<std::string>{"c-granted", "d-granted"}));
  const auto page = service_->ListKeys(user, "", "", 1);
  EXPECT_EQ(page->next, "c-granted");
  EXPECT_EQ(NamesOf(*service_->ListKeys(user, "", page->next, 1)),
            std::vector<std::string>{"d-granted"});
  GrantTo("c-granted", "user", 0);
  EXPECT_THAT(store_->Get(entry::Visible("user", "c-granted")), IsError(Code::kNotFound));
  EXPECT_EQ(NamesOf(*service_->ListKeys(user, "", "", 100)), std::vector<std::string>{"d-granted"});
  EXPECT_EQ(service_->ListKeys(officer, "", "", 100)->keys.size(), 4u);
  const Caller auditor = NewCaller("auditor", kAuditor);
  EXPECT_EQ(service_->ListKeys(auditor, "", "", 100)->keys.size(), 4u);
}

TEST_F(ServiceAccessTest, AnOfficerManagesForeignKeysButDoesNotUseThem) {
  MakeKey("k", Algorithm::kEcP256);
  const Caller officer = NewCaller("officer", kOfficer | kUser);
  EXPECT_THAT(service_->RotateKey(officer, "k"), IsOk());
  EXPECT_FALSE(SignOne(officer, "k", "m"));
}

TEST_F(ServiceAccessTest, AWrappingNeedsBothKeys) {
  MakeKey("kek", Algorithm::kAes256Kwp);
  MakeKey("a", Algorithm::kHmacSha256, true);
  const Caller user = NewCaller("user", kUser);
  GrantTo("kek", "user", policy::Bit(Action::kWrap));
  EXPECT_THAT(service_->Wrap(user, {"kek"}, {"a"}), IsError(Code::kNotFound));
  GrantTo("a", "user", policy::Bit(Action::kWrap));
  EXPECT_THAT(service_->Wrap(user, {"kek"}, {"a"}), IsOk());
}

TEST_F(ServiceAccessTest, BadGrantsAreRefused) {
  MakeKey("k", Algorithm::kEcP256);
  const policy::Actions sign = policy::Bit(Action::kSign);
  EXPECT_THAT(service_->SetGrant(Admin(), {"k", "nobody", sign}), IsError(Code::kNotFound));
  EXPECT_THAT(service_->SetGrant(Admin(), {"none", "admin", sign}), IsError(Code::kNotFound));
  EXPECT_THAT(service_->SetGrant(Admin(), {"k", "a/b", sign}), IsError(Code::kInvalidArgument));
  NewCaller("user", kUser);
  EXPECT_THAT(service_->SetGrant(Admin(), {"k", "user", policy::Bit(Action::kAuditRead)}),
              IsError(Code::kInvalidArgument));
}

TEST_F(ServiceAccessTest, ANewPrincipalIsListedAndItsCertificateWorks) {
  const auto made = MakePrincipal(Admin(), "user", kUser | kAuditor, 30);
  ASSERT_THAT(made, IsOk());
  EXPECT_NE(made->certificate_pem.find("BEGIN CERTIFICATE"), std::string::npos);
  EXPECT_EQ(made->ca_pem, identity_.ca_certificate_pem);
  EXPECT_EQ(LastRecord().detail, "user: user,auditor");
  const auto principals = service_->ListPrincipals(Admin());
  ASSERT_THAT(principals, IsOk());
  ASSERT_EQ(principals->size(), 2u);
  EXPECT_EQ(principals->at(1).name, "user");
  EXPECT_EQ(principals->at(1).roles, kUser | kAuditor);
  EXPECT_THAT(service_->ListKeys(CallerOf(made->principal.fingerprint), "", "", 1), IsOk());
}

TEST_F(ServiceAccessTest, BadPrincipalsAreRefused) {
  EXPECT_THAT(MakePrincipal(Admin(), "admin", kUser), IsError(Code::kAlreadyExists));
  EXPECT_THAT(MakePrincipal(Admin(), "a/b", kUser), IsError(Code::kInvalidArgument));
  EXPECT_THAT(MakePrincipal(Admin(), "x", 0), IsError(Code::kInvalidArgument));
  EXPECT_THAT(MakePrincipal(Admin(), "x", 0x80), IsError(Code::kInvalidArgument));
  EXPECT_THAT(MakePrincipal(Admin(), "x", kUser, 0), IsError(Code::kInvalidArgument));
  EXPECT_THAT(MakePrincipal(Admin(), "x", kUser, 826), IsError(Code::kInvalidArgument));
  EXPECT_FALSE(service_->CreatePrincipal(Admin(), {"x", kUser, "no request", 90}));
}

TEST_F(ServiceAccessTest, ARevokedPrincipalIsOutAtOnceAndItsNameStaysTaken) {
  const Caller user = NewCaller("user", kUser);
  ASSERT_THAT(service_->ListKeys(user, "", "", 1), IsOk());
  ASSERT_THAT(service_->RevokePrincipal(Admin(), "user"), IsOk());
  EXPECT_THAT(service_->ListKeys(user, "", "", 1), IsError(Code::kUnauthenticated));
  EXPECT_EQ(LastRecord().principal, "client:user");
  EXPECT_THAT(MakePrincipal(Admin(), "user", kUser), IsError(Code::kAlreadyExists));
  EXPECT_THAT(service_->RevokePrincipal(Admin(), "user"), IsOk());
  EXPECT_THAT(service_->RevokePrincipal(Admin(), "none"), IsError(Code::kNotFound));
}

TEST_F(ServiceAccessTest, TheLastOfficerIsNotRevoked) {
  EXPECT_THAT(service_->RevokePrincipal(Admin(), "admin"), IsError(Code::kConflict));
  NewCaller("second", kOfficer);
  EXPECT_THAT(service_->RevokePrincipal(Admin(), "admin"), IsOk());
}

TEST_F(ServiceAccessTest, AnExpiredCertificateIsOut) {
  const auto made = MakePrincipal(Admin(), "user", kUser, 1);
  ASSERT_THAT(made, IsOk());
  const Caller user = CallerOf(made->principal.fingerprint);
  ASSERT_THAT(service_->ListKeys(user, "", "", 1), IsOk());
  clock_.Advance(std::chrono::hours(24));
  EXPECT_THAT(service_->ListKeys(user, "", "", 1), IsError(Code::kUnauthenticated));
}

TEST_F(ServiceAccessTest, RolesDecideWhatIsAboutNoKey) {
  const Caller user = NewCaller("user", kUser);
  EXPECT_THAT(MakePrincipal(user, "x", kUser), IsError(Code::kPermissionDenied));
  EXPECT_THAT(service_->ListPrincipals(user), IsError(Code::kPermissionDenied));
  EXPECT_THAT(service_->RevokePrincipal(user, "admin"), IsError(Code::kPermissionDenied));
  EXPECT_THAT(service_->OpenAudit(user), IsError(Code::kPermissionDenied));
  EXPECT_THAT(service_->SelfTest(user), IsError(Code::kPermissionDenied));
  EXPECT_EQ(LastRecord().outcome, "permission_denied");
  EXPECT_EQ(LastRecord().principal, "client:user");
}

TEST_F(ServiceAccessTest, ReadingTheLogIsRecordedOnceAMinute) {
  const auto count = [this] {
    int reads = 0;
    audit::AuditLog* log = *service_->OpenAudit(Admin());
    for (std::uint64_t i = 0; i < log->size(); ++i) {
      reads += audit::Decode(*log->ReadEntry(i))->operation == policy::Name(Action::kAuditRead);
    }
    return reads;
  };
  EXPECT_EQ(count(), 1);
  EXPECT_EQ(count(), 1);
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(count(), 2);
}

TEST_F(ServiceAccessTest, ARefusalOfAFrontIsRecordedUnderItsCaller) {
  service_->RecordRefusal(Admin(), "sign", InvalidArgument("not JSON"));
  const audit::Record record = LastRecord();
  EXPECT_EQ(record.operation, "sign");
  EXPECT_EQ(record.principal, "client:admin");
  EXPECT_EQ(record.outcome, "invalid_argument");
  EXPECT_EQ(record.detail, "not JSON");
}

}  // namespace
}  // namespace vallum::service
