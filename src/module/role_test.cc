// SPDX-License-Identifier: Apache-2.0
// Requirement: role-matrix
// Every cell of the role table, service by role, through the door where a call can be made without
// ending the module.
#include <fmt/format.h>

#include <functional>
#include <map>

#include "module/authorisation.h"
#include "module/impl.h"
#include "module/test_operators.h"

namespace vallum::module {
namespace {

bool IsDenied(const Status& status) {
  return !status && (status.error().code() == Code::kPermissionDenied ||
                     status.error().code() == Code::kUnauthenticated);
}

template <typename T>
Status Ended(const Result<T>& result) {
  return result ? Status() : Status(result.error());
}

class RoleTest : public OperatorsTest {
 protected:
  using Call = std::function<Status()>;

  // What has to exist before the services can be called.
  void SetUp() override {
    OperatorsTest::SetUp();
    gcm_ = Make(Algorithm::kAes256Gcm, true);
    pair_ = Make(Algorithm::kEcP256, true);
    mac_ = Make(Algorithm::kHmacSha256);
    kwp_ = Make(Algorithm::kAes256Kwp);
    kem_ = Make(Algorithm::kMlKem768);
    {
      const OperatorScope acting(officer_);
      wrapped_ = module_->WrapKey(*kwp_, *gcm_)->value;
    }
    const OperatorScope acting(user_);
    ASSERT_THAT(module_->GrantInvocations(*gcm_, 0, 100), IsOk());
    sealed_ = module_->Encrypt(*gcm_, message_, {})->value;
    signature_ = module_->Sign(*pair_, Scheme::kDefault, message_)->value;
    tag_ = module_->Mac(*mac_, message_)->value;
    sent_ = module_->Encapsulate(*kem_)->value.ciphertext;
  }

  std::map<std::string_view, Call> UsesOfKeys() {
    return {
        {"export-public", [this] { return Ended(module_->PublicKey(*pair_)); }},
        {"encrypt", [this] { return Ended(module_->Encrypt(*gcm_, message_, {})); }},
        {"decrypt",
         [this] {
           return Ended(module_->Decrypt(*gcm_, sealed_.iv, sealed_.data, sealed_.tag, {}));
         }},
        {"sign", [this] { return Ended(module_->Sign(*pair_, Scheme::kDefault, message_)); }},
        {"verify",
         [this] { return Ended(module_->Verify(*pair_, Scheme::kDefault, message_, signature_)); }},
        {"mac", [this] { return Ended(module_->Mac(*mac_, message_)); }},
        {"verify-mac", [this] { return Ended(module_->VerifyMac(*mac_, message_, tag_)); }},
        {"encapsulate", [this] { return Ended(module_->Encapsulate(*kem_)); }},
        {"decapsulate", [this] { return Ended(module_->Decapsulate(*kem_, sent_)); }},
        {"random", [this] { return Ended(module_->Random(room_)); }},
        {"digest", [this] { return Ended(module_->Sha256({message_})); }},
        {"use-for-tls",
         [this] {
           const Status key = Ended(module_->TlsKey(*pair_));
           Status library = Ended(module_->TlsLibrary());
           EXPECT_EQ(IsDenied(key), IsDenied(library)) << "two doors of one service";
           return library;
         }},
        {"grant-invocations", [this] { return module_->GrantInvocations(*gcm_, 0, 100); }},
    };
  }

  std::map<std::string_view, Call> Management() {
    const KeySpec spec{.algorithm = Algorithm::kAes256Gcm, .usages = {}};
    return {
        {"generate", [=, this] { return Ended(module_->GenerateKey(spec, KeyId(), 1)); }},
        {"import",
         [=, this] { return Ended(module_->EnterKey(spec, SecretBytes::Create(32).value())); }},
        {"wrap", [this] { return Ended(module_->WrapKey(*kwp_, *gcm_)); }},
        {"unwrap",
         [=, this] { return Ended(module_->UnwrapKey(*kwp_, wrapped_, spec, KeyId(), 1)); }},
        {"self-test", [this] { return Ended(module_->SelfTest()); }},
        {"generate-root-key", [this] { return Ended(module_->GenerateRootKey()); }},
        {"create-kek", [this] { return Ended(module_->CreateKek(root_)); }},
        {"export-private-key", [this] { return Ended(ExportPrivateKeyPem(*module_, *pair_)); }},
        {"zeroise-key",
         [=, this] {
           const KeyRef victim = Make(Algorithm::kAes256Gcm);
           return Ended(ZeroiseKey(*module_, *victim));
         }},
        {"status",
         [this] {
           EXPECT_EQ(module_->status().state, State::kOperational);
           return Status();
         }},
    };
  }

  // One cell: what the caller is told, and that the table said so.
  void CheckCell(std::string_view service, Roles allowed, Role role, const Call& call) {
    SCOPED_TRACE(fmt::format("{} as {}", service, Name(role)));
    const OperatorScope acting(SessionOf(role));
    const Status ended = call();
    EXPECT_EQ(IsDenied(ended), !allowed.Has(role)) << (ended ? "" : ended.error().message());
    if (allowed.Has(role)) {
      EXPECT_THAT(ended, IsOk());
    }
  }

  const Bytes message_ = Bytes(50, 0x6D);
  std::array<std::uint8_t, 16> room_{};
  KeyRef gcm_, pair_, mac_, kwp_, kem_;
  Ciphertext sealed_;
  Bytes signature_, tag_, sent_, wrapped_;
};

TEST_F(RoleTest, EveryCellOfTheOperationsIsAllowedOrDenied) {
  std::map<std::string_view, Call> calls = UsesOfKeys();
  calls.merge(Management());
  for (const OperationRow& row : kOperationRoles) {
    const Call ask = [&] { return ServiceRecord(module_->impl(), row.operation).Authorise(); };
    const auto found = calls.find(Name(row.operation));
    for (std::size_t role = 0; role < kRoleCount; ++role) {
      CheckCell(Name(row.operation), row.roles, static_cast<Role>(role), ask);
      if (found == calls.end()) continue;
      CheckCell(Name(row.operation), row.roles, static_cast<Role>(role), found->second);
    }
  }
}

TEST_F(RoleTest, EveryCellOfTheManagementServicesIsAllowedOrDenied) {
  std::map<std::string_view, Call> calls = Management();
  calls.merge(UsesOfKeys());
  for (const ManagementRow& row : kManagementRoles) {
    const Call ask = [&] { return ServiceRecord(module_->impl(), row.service).Authorise(); };
    const auto found = calls.find(row.name);
    for (std::size_t role = 0; role < kRoleCount; ++role) {
      CheckCell(row.name, row.roles, static_cast<Role>(role), ask);
      if (found == calls.end()) continue;
      CheckCell(row.name, row.roles, static_cast<Role>(role), found->second);
    }
  }
}

TEST_F(RoleTest, EveryOperationHasARow) {
  for (std::size_t i = 0; i < kOperationRoles.size(); ++i) {
    EXPECT_EQ(kOperationRoles[i].operation, static_cast<Operation>(i));
  }
  for (const Service& service : kServices) {
    for (unsigned bit = 0; bit < 32; ++bit) {
      const auto operation = static_cast<Operation>(bit);
      if (service.operations.Has(operation)) {
        EXPECT_LT(bit, kOperationRoles.size()) << "an operation without a row is denied";
      }
    }
  }
  for (std::size_t i = 0; i < kManagementCount; ++i) {
    EXPECT_EQ(kManagementRoles[i].service, static_cast<vallum::module::Management>(i));
  }
}

// What the table has to say, whoever edits it.
TEST_F(RoleTest, AuditorsUseNoKeyAndNobodyUnauthenticatedDoesMoreThanHash) {
  for (const OperationRow& row : kOperationRoles) {
    const bool keyless = row.operation == Operation::kDigest;
    const bool public_part = row.operation == Operation::kExportPublic;
    EXPECT_EQ(row.roles.Has(Role::kUnauthenticated), keyless) << Name(row.operation);
    EXPECT_EQ(row.roles.Has(Role::kAuditor), keyless || public_part) << Name(row.operation);
  }
}

TEST_F(RoleTest, ADeniedServiceChangesNothing) {
  const KeyRef key = Make(Algorithm::kAes256Gcm);
  const OperatorScope acting(user_);
  EXPECT_THAT(ZeroiseKey(*module_, *key), IsError(Code::kPermissionDenied));
  EXPECT_THAT(ZeroiseAll(*module_), IsError(Code::kPermissionDenied));
  EXPECT_FALSE(key->zeroised());
  EXPECT_EQ(module_->state(), State::kOperational);
}

TEST_F(RoleTest, ScopesNestAndBelongToTheirThread) {
  const OperatorScope outer(user_);
  {
    const OperatorScope inner(nullptr);
    EXPECT_THAT(module_->Random(room_), IsError(Code::kUnauthenticated));
  }
  EXPECT_THAT(module_->Random(room_), IsOk());
  std::thread([this] {
    std::array<std::uint8_t, 4> other{};
    EXPECT_THAT(module_->Random(other), IsError(Code::kUnauthenticated));
  }).join();
}

TEST_F(RoleTest, AnybodyZeroisesAfterAFailureAndNobodyDoesAnythingElse) {
  module_->impl().Fail(Internal("for the test"));
  const OperatorScope acting(officer_);
  EXPECT_THAT(module_->Random(room_), IsError(Code::kModuleState));
  EXPECT_FALSE(officer_->IsLiveIn(module_->impl())) << "sessions die in the error state";
  EXPECT_THAT(ZeroiseAll(*module_), IsOk());
}

TEST_F(RoleTest, ZeroisationEndsEverySession) {
  {
    const OperatorScope acting(officer_);
    ASSERT_THAT(ZeroiseAll(*module_), IsOk());
  }
  ASSERT_THAT(module_->Unseal(root_, kek_), IsOk());
  EXPECT_FALSE(IsLive(*officer_));
  EXPECT_FALSE(IsLive(*user_));
  const OperatorScope acting(user_);
  EXPECT_THAT(module_->Random(room_), IsError(Code::kUnauthenticated));
}

TEST_F(RoleTest, AnEndedSessionTakesItsEnteredKeysAlong) {
  const OperatorScope acting(officer_);
  auto entered = module_->EnterKey({.algorithm = Algorithm::kAes256Gcm, .usages = {}},
                                   SecretBytes::Create(32).value());
  ASSERT_THAT(entered, IsOk());
  const auto report = EndSession(*module_, officer_);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->objects, 2u) << "the session and its key";
  EXPECT_GT(report->bytes, 0u);
  EXPECT_TRUE(report->verified);
  EXPECT_TRUE(entered->value->zeroised());
  EXPECT_FALSE(gcm_->zeroised()) << "stored keys are not the session's";
  EXPECT_THAT(module_->Random(room_), IsError(Code::kUnauthenticated));
}

TEST_F(RoleTest, OnlyAnOfficerEndsSomebodyElsesSession) {
  {
    const OperatorScope acting(user_);
    EXPECT_THAT(EndSession(*module_, auditor_), IsError(Code::kPermissionDenied));
  }
  EXPECT_TRUE(IsLive(*auditor_));
  const OperatorScope acting(officer_);
  EXPECT_THAT(EndSession(*module_, auditor_), IsOk());
  EXPECT_FALSE(IsLive(*auditor_));
}

// Requirement: audit-events
TEST_F(RoleTest, EventsSayWhoDidWhatWhenAndHowItEnded) {
  (void)log_.Take();
  const TimePoint before = SystemClock().Now();
  const KeyRef key = Make(Algorithm::kAes256Gcm);
  {
    const OperatorScope acting(auditor_);
    EXPECT_THAT(ZeroiseKey(*module_, *key), IsError(Code::kPermissionDenied));
    EXPECT_THAT(module_->Random(room_), IsError(Code::kPermissionDenied));
  }
  const std::vector<AuditEvent> events = log_.Take();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].service, "generate");
  EXPECT_EQ(events[0].role, Role::kCryptoOfficer);
  EXPECT_EQ(events[0].operator_name, "olga");
  EXPECT_EQ(events[0].outcome, Outcome::kSuccess);
  EXPECT_TRUE(events[0].key.has_value());
  EXPECT_GE(events[0].time, before);
  EXPECT_EQ(events[1].service, "zeroise-key");
  EXPECT_EQ(events[1].outcome, Outcome::kDenied);
  EXPECT_EQ(events[1].operator_name, "ada");
  EXPECT_EQ(events[2].service, "random") << "denials always leave an event";
}

// Requirement: audit-events
TEST_F(RoleTest, EveryServiceThatTheTableAuditsLeavesAnEventAndNoneHoldsASecret) {
  const OperatorScope acting(officer_);
  const SecretBytes canary = module_->GenerateRootKey().value();
  (void)log_.Take();
  std::map<std::string_view, Call> calls = Management();
  std::string all;
  for (const ManagementRow& row : kManagementRoles) {
    const auto found = calls.find(row.name);
    if (found == calls.end() || row.audit != Audit::kAlways) continue;
    ASSERT_THAT(found->second(), IsOk());
    const std::vector<AuditEvent> events = log_.Take();
    ASSERT_FALSE(events.empty()) << row.name;
    EXPECT_EQ(events.back().service, row.name);
    EXPECT_EQ(events.back().outcome, Outcome::kSuccess);
    for (const AuditEvent& event : events) {
      all += fmt::format("{}{}{}", event.service, event.operator_name,
                         event.key ? AsText(event.key->bytes()) : "");
    }
  }
  const Bytes text = ToBytes(AsBytes(all));
  for (std::size_t i = 0; i + 8 <= canary.size(); ++i) {
    EXPECT_EQ(std::ranges::search(text, canary.span().subspan(i, 8)).begin(), text.end());
  }
}

TEST(ImplicitRoleTest, WhoeverCallsHasEveryRoleAndEventsStillCome) {
  EventLog log;
  ModuleConfig config = TestConfig();
  config.audit = log.Sink();
  const auto module = Module::Start(config).value();
  ASSERT_THAT(module->UnsealEphemeral(), IsOk());
  EXPECT_THAT(ZeroiseAll(*module), IsOk());
  const std::vector<AuditEvent> events = log.Take();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].service, "unseal");
  EXPECT_EQ(events[1].service, "zeroise-all");
  EXPECT_EQ(events[1].role, Role::kCryptoOfficer);
}

// A sink that asks the module for something must not meet a lock.
TEST(ImplicitRoleTest, ASinkMayCallServices) {
  Module* started = nullptr;
  int calls = 0;
  ModuleConfig config = TestConfig();
  config.audit = [&](const AuditEvent&) {
    if (started != nullptr && started->Sha256({})) ++calls;
  };
  const auto module = Module::Start(config).value();
  started = module.get();
  ASSERT_THAT(module->UnsealEphemeral(), IsOk());
  ASSERT_THAT(module->GenerateKey({.algorithm = Algorithm::kAes256Gcm, .usages = {}}, KeyId(), 1),
              IsOk());
  ASSERT_THAT(ZeroiseAll(*module), IsOk());
  EXPECT_EQ(calls, 3);
  started = nullptr;
}

}  // namespace
}  // namespace vallum::module
