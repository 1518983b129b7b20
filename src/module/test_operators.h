// SPDX-License-Identifier: Apache-2.0
// For tests: a module whose roles are authenticated, with one operator a role. Never part of a product.
#pragma once

#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "module/test_module.h"

namespace vallum::module {

inline SecretBytes Passphrase(std::string_view text) {
  return SecretBytes::CopyOf(AsBytes(text)).value();
}

inline NewOperator WithPassphrase(std::string_view name, Role role, std::string_view passphrase) {
  NewOperator who;
  who.name = name;
  who.role = role;
  who.passphrase = Passphrase(passphrase);
  return who;
}

/// EventLog is an AuditSink for tests.
class EventLog {
 public:
  AuditSink Sink() {
    return [this](const AuditEvent& event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
    };
  }
  std::vector<AuditEvent> Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<AuditEvent> events_;
};

inline constexpr std::string_view kOfficerPassphrase = "correct horse battery staple";
inline constexpr std::string_view kUserPassphrase = "fourteen bytes";
inline constexpr std::string_view kAuditorPassphrase = "who watches the watchmen";

/// OperatorsTest has a fresh module with a crypto officer (olga), a user (umberto) and an auditor
/// (ada), all logged in.
class OperatorsTest : public testing::Test {
 protected:
  void SetUp() override {
    ModuleConfig config = TestConfig();
    config.roles = RoleModel::kAuthenticated;
    config.audit = log_.Sink();
    module_ = Module::Start(config).value();
    root_ = module_->GenerateRootKey().value();
    kek_ = module_->CreateKek(root_).value();
    officer_record_ =
        EnrolFirstOfficer(*module_, root_, kek_,
                          WithPassphrase("olga", Role::kCryptoOfficer, kOfficerPassphrase))
            .value();
    ASSERT_THAT(module_->Unseal(root_, kek_), IsOk());
    ASSERT_THAT(LoadOperator(*module_, officer_record_), IsOk());
    officer_ = Login("olga", Role::kCryptoOfficer, kOfficerPassphrase);
    const OperatorScope acting(officer_);
    Enrol("umberto", Role::kUser, kUserPassphrase);
    Enrol("ada", Role::kAuditor, kAuditorPassphrase);
    user_ = Login("umberto", Role::kUser, kUserPassphrase);
    auditor_ = Login("ada", Role::kAuditor, kAuditorPassphrase);
  }

  void Enrol(std::string_view name, Role role, std::string_view passphrase) {
    EXPECT_THAT(EnrolOperator(*module_, WithPassphrase(name, role, passphrase)), IsOk());
  }

  SessionRef Login(std::string_view name, Role role, std::string_view passphrase) {
    auto session = LoginWithPassphrase(*module_, name, role, Passphrase(passphrase));
    EXPECT_THAT(session, IsOk());
    return session ? *session : nullptr;
  }

  SessionRef SessionOf(Role role) const {
    const std::array sessions = {SessionRef(), user_, officer_, auditor_};
    return sessions[static_cast<std::size_t>(role)];
  }

  KeyRef Make(Algorithm algorithm, bool extractable = false) {
    const OperatorScope acting(officer_);
    auto made = module_->GenerateKey(
        {.algorithm = algorithm, .usages = {}, .extractable = extractable}, KeyId(), 1);
    EXPECT_THAT(made, IsOk());
    return made ? made->value.key : nullptr;
  }

  EventLog log_;
  std::unique_ptr<Module> module_;
  SecretBytes root_;
  Bytes kek_;
  Bytes officer_record_;
  SessionRef officer_;
  SessionRef user_;
  SessionRef auditor_;
};

}  // namespace vallum::module
