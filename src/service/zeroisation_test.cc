// SPDX-License-Identifier: Apache-2.0
// Zeroisation by the service, and the module's own events in the log.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "service/service_test_support.h"

namespace vallum::service {
namespace {

using module::Algorithm;
using module::State;

class ZeroisationTest : public ServiceFixture {
 protected:
  ~ZeroisationTest() override {
    Close();
    if (TheModule().state() == State::kUninitialised) (void)TheModule().UnsealEphemeral();
  }

  // Waits for the writer of events, which has a thread of its own.
  audit::Record WaitForRecord(std::string_view operation) {
    for (int i = 0; i < 2000; ++i) {
      for (const audit::Record& record : Records()) {
        if (record.operation == operation && record.principal == kModulePrincipal) return record;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "no record of " << operation;
    return {};
  }
  void LogEvents() {
    Close();
    log_events_ = true;
    Open();
  }
};

TEST_F(ZeroisationTest, EveryKeyIsGoneAndTheReportSaysSo) {
  MakeKey("signer", Algorithm::kEcP256);
  ASSERT_THAT(SignOne(Admin(), "signer", "x"), IsOk());
  const auto done = service_->Zeroise(Admin());
  ASSERT_THAT(done, IsOk());
  EXPECT_GT(done->report.objects, 3u) << "the system's keys and the key-encryption key";
  EXPECT_GT(done->report.bytes, 100u);
  EXPECT_TRUE(done->report.verified) << "no TLS endpoint holds a key here";
  EXPECT_TRUE(done->recorded);
  EXPECT_EQ(done->state, State::kUninitialised);
  EXPECT_THAT(SignOne(Admin(), "signer", "x"), IsError(Code::kModuleState));
}

TEST_F(ZeroisationTest, StatusAnswersAfterwardsAndNothingElse) {
  MakeKey("signer", Algorithm::kEcP256);
  ASSERT_THAT(service_->Zeroise(Admin()), IsOk());
  const auto status = service_->GetStatus(Admin());
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->module.state, State::kUninitialised);
  EXPECT_TRUE(status->module.last_zeroisation);
  CreateKeyRequest request;
  request.name = "late";
  request.algorithm = Algorithm::kAes256Gcm;
  EXPECT_THAT(service_->CreateKey(Admin(), request), IsError(Code::kModuleState));
  const Health health = service_->GetHealth();
  ASSERT_FALSE(health.module);
  EXPECT_NE(health.module.error().message().find("zeroised"), std::string::npos);
}

TEST_F(ZeroisationTest, TheRequestIsSignedBeforeAndItsEndIsRecordedAfter) {
  const Caller caller = Admin();
  ASSERT_THAT(service_->Zeroise(caller), IsOk());
  audit::AuditLog& log = **service_->OpenAudit(Admin());
  const std::string checkpoint = *log.ReadCheckpoint();
  const auto records = Records();
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (records[i].request == caller.request) found.push_back(i);
  }
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NE(records[found[0]].detail.find("asked for"), std::string::npos);
  EXPECT_NE(records[found[1]].detail.find("wiped, verified"), std::string::npos);
  const std::string size = checkpoint.substr(checkpoint.find('\n') + 1);
  EXPECT_EQ(std::stoull(size), found[0] + 1) << "the checkpoint covers the request and no more";
}

TEST_F(ZeroisationTest, OnlyCryptoOfficersZeroise) {
  for (const policy::Roles roles : {kUser, kAuditor, kOperator}) {
    const std::string name = "role" + std::to_string(roles);
    EXPECT_THAT(service_->Zeroise(NewCaller(name, roles)), IsError(Code::kPermissionDenied));
  }
  EXPECT_THAT(service_->Zeroise(CallerOf({})), IsError(Code::kUnauthenticated));
  EXPECT_EQ(TheModule().state(), State::kOperational);
}

TEST_F(ZeroisationTest, ALogThatCannotBeWrittenDoesNotStopIt) {
  faults_.append = true;
  store_->before = [](const keystore::Transaction&) { return Status(Storage("for the test")); };
  const auto done = service_->Zeroise(Admin());
  ASSERT_THAT(done, IsOk());
  EXPECT_FALSE(done->recorded);
  EXPECT_TRUE(done->report.verified);
  store_->before = nullptr;
}

TEST_F(ZeroisationTest, ADestroyedVersionIsWipedForWhoeverStillHoldsIt) {
  LogEvents();
  const KeyInfo info = MakeKey("doomed", Algorithm::kEcP256);
  ASSERT_THAT(service_->PublicKey(Admin(), {"doomed", 1}), IsOk());
  ASSERT_THAT(service_->SetKeyState(Admin(), {"doomed", 1}, KeyState::kDeactivated), IsOk());
  ASSERT_THAT(service_->PublicKey(Admin(), {"doomed", 1}), IsOk()) << "it is loaded again";
  ASSERT_THAT(service_->SetKeyState(Admin(), {"doomed", 1}, KeyState::kDestroyed), IsOk());
  const audit::Record record = WaitForRecord("module.zeroise-key");
  EXPECT_EQ(record.key_id, ToString(info.id));
  EXPECT_EQ(record.outcome, "ok");
  const auto report = TheModule().status().last_zeroisation;
  ASSERT_TRUE(report);
  EXPECT_EQ(report->objects, 1u);
  EXPECT_TRUE(report->verified);
}

// Requirement: audit-events
TEST_F(ZeroisationTest, EventsOfTheModuleReachTheLogAlsoThoseBeforeItWasOpen) {
  (void)Events().Left();
  Close();
  ASSERT_THAT(TheModule().SelfTest(), IsOk());
  log_events_ = true;
  Open();
  EXPECT_EQ(WaitForRecord("module.self-test").outcome, "ok");
  ASSERT_THAT(service_->Zeroise(Admin()), IsOk());
  EXPECT_EQ(WaitForRecord("module.zeroise-all").outcome, "ok");
}

// Without the module nothing can be hashed, so the log cannot grow.
TEST_F(ZeroisationTest, AnEventThatFindsTheLogUnwritableIsInItAfterTheNextStart) {
  LogEvents();
  faults_.append = true;
  ASSERT_THAT(TheModule().SelfTest(), IsOk());
  const auto waiting = [this] { return store_->List(entry::kOutboxPrefix, "", 10)->size(); };
  for (int i = 0; i < 2000 && waiting() == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_GE(waiting(), 1u);
  Close();
  faults_.append = false;
  Open();
  EXPECT_TRUE(WaitForRecord("module.self-test").recovered);
  EXPECT_EQ(waiting(), 0u);
}

// Requirement: audit-events
TEST_F(ZeroisationTest, NoWindowOfASecretIsInTheLog) {
  LogEvents();
  const SecretBytes canary = *TheModule().GenerateRootKey();
  auto entered = TheModule().EnterKey({.algorithm = Algorithm::kAes256Gcm, .usages = {}}, canary);
  ASSERT_THAT(entered, IsOk());
  ASSERT_THAT(module::ZeroiseKey(TheModule(), *entered->value), IsOk());
  ASSERT_THAT(TheModule().CreateKek(canary), IsOk());
  (void)WaitForRecord("module.zeroise-key");
  (void)WaitForRecord("module.generate-root-key");
  Close();
  std::string all;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder_ / "audit")) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  ASSERT_NE(all.find("module.zeroise-key"), std::string::npos) << "the control";
  const std::string hex = ToHex(canary.span());
  for (std::size_t i = 0; i + 8 <= canary.size(); ++i) {
    EXPECT_EQ(all.find(AsText(canary.span().subspan(i, 8))), std::string::npos);
    EXPECT_EQ(all.find(hex.substr(2 * i, 16)), std::string::npos);
  }
}

}  // namespace
}  // namespace vallum::service
