// SPDX-License-Identifier: Apache-2.0
// What a crash, a full disk or a broken log may not break.
#include "service/invocations.h"
#include "service/service_test_support.h"

namespace vallum::service {
namespace {

using module::Algorithm;

class ServiceDurabilityTest : public ServiceFixture {
 protected:
  // Copies the folder right after the next change (or the one that many later) is durable and before its
  // record is in the log.
  std::filesystem::path CrashAfterNextCommit(int later = 0) {
    std::filesystem::path copy = folder_ / "crashed";
    store_->after = [this, copy, later](const keystore::Transaction& change) mutable {
      const auto& writes = change.writes();
      const bool has_record = std::any_of(writes.begin(), writes.end(), [](const auto& write) {
        return write.value && write.key.starts_with(entry::kOutboxPrefix);
      });
      if (has_record && later-- == 0) CopyTo(copy);
    };
    return copy;
  }

  static int CountOf(audit::AuditLog& log, const RequestId& request, bool recovered) {
    int count = 0;
    for (std::uint64_t i = 0; i < log.size(); ++i) {
      const audit::Record record = *audit::Decode(*log.ReadEntry(i));
      count += record.request == request && record.recovered == recovered;
    }
    return count;
  }

  static std::size_t OutboxSize(keystore::Keystore& store) {
    return store.List(entry::kOutboxPrefix, "", 100)->size();
  }
};

TEST_F(ServiceDurabilityTest, AChangeWithoutARecordGetsItAtTheNextStart) {
  const auto copy = CrashAfterNextCommit();
  const Caller caller = Admin();
  CreateKeyRequest request;
  request.name = "a";
  request.algorithm = Algorithm::kAes256Gcm;
  ASSERT_THAT(service_->CreateKey(caller, request), IsOk());
  EXPECT_EQ(CountOf(**service_->OpenAudit(Admin()), caller.request, false), 1);

  std::unique_ptr<keystore::Keystore> store;
  const auto recovered = OpenAt(copy, store);
  EXPECT_THAT(recovered->ShowKey(Admin(), "a"), IsOk());
  audit::AuditLog& log = **recovered->OpenAudit(Admin());
  EXPECT_EQ(CountOf(log, caller.request, true), 1);
  EXPECT_EQ(CountOf(log, caller.request, false), 0);
  EXPECT_EQ(OutboxSize(*store), 0u);
}

TEST_F(ServiceDurabilityTest, KeysMadeTogetherEachGetTheirRecordAtTheNextStart) {
  std::vector<CreateKeyRequest> requests(5);
  const auto copy = CrashAfterNextCommit(static_cast<int>(requests.size()) - 1);
  const Caller caller = Admin();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].name = "k" + std::to_string(i);
    requests[i].algorithm = Algorithm::kAes256Gcm;
  }
  const auto made = service_->CreateKeys(caller, requests);
  ASSERT_THAT(made, IsOk());
  for (const auto& one : *made) ASSERT_THAT(one, IsOk());

  std::unique_ptr<keystore::Keystore> store;
  const auto recovered = OpenAt(copy, store);
  for (const auto& request : requests)
    EXPECT_THAT(recovered->ShowKey(Admin(), request.name), IsOk());
  EXPECT_EQ(CountOf(**recovered->OpenAudit(Admin()), caller.request, true), 5);
  EXPECT_EQ(OutboxSize(*store), 0u);
}

TEST_F(ServiceDurabilityTest, KeysMadeTogetherAreNotAcknowledgedWithoutTheirRecords) {
  faults_.sync = true;
  CreateKeyRequest request;
  request.name = "a";
  request.algorithm = Algorithm::kAes256Gcm;
  const auto made = service_->CreateKeys(Admin(), {&request, 1});
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(made->front(), IsError(Code::kStorage));
  faults_.sync = false;
}

TEST_F(ServiceDurabilityTest, ARecordThatIsInTheLogIsNotWrittenTwice) {
  const Caller caller = Admin();
  CreateKeyRequest request;
  request.name = "a";
  request.algorithm = Algorithm::kAes256Gcm;
  ASSERT_THAT(service_->CreateKey(caller, request), IsOk());
  const std::filesystem::path copy = folder_ / "crashed";
  CopyTo(copy);
  std::unique_ptr<keystore::Keystore> store;
  const auto recovered = OpenAt(copy, store);
  audit::AuditLog& log = **recovered->OpenAudit(Admin());
  EXPECT_EQ(CountOf(log, caller.request, false), 1);
  EXPECT_EQ(CountOf(log, caller.request, true), 0);
}

TEST_F(ServiceDurabilityTest, ACleanCloseLeavesNoOutbox) {
  MakeKey("a", Algorithm::kAes256Gcm);
  service_.reset();
  EXPECT_EQ(OutboxSize(*store_), 0u);
}

TEST_F(ServiceDurabilityTest, OutboxEntriesGoWithTheNextChanges) {
  for (int i = 0; i < 20; ++i) MakeKey("k" + std::to_string(i), Algorithm::kAes256Gcm);
  EXPECT_LE(OutboxSize(*store_), 2u);
}

TEST_F(ServiceDurabilityTest, WhenTheLogFailsNothingLeaves) {
  MakeKey("aes", Algorithm::kAes256Gcm);
  MakeKey("ec", Algorithm::kEcP256);
  const Bytes sealed = EncryptOne("aes", "x")->ciphertext;
  faults_.append = true;
  EXPECT_THAT(EncryptOne("aes", "x"), IsError(Code::kStorageFull));
  EXPECT_THAT(DecryptOne("aes", sealed), IsError(Code::kStorageFull));
  EXPECT_THAT(SignOne(Admin(), "ec", "x"), IsError(Code::kStorageFull));
  EXPECT_THAT(service_->Random(Admin(), 32), IsError(Code::kStorageFull));
  EXPECT_THAT(service_->ShowKey(Admin(), "aes"), IsError(Code::kStorageFull));
  EXPECT_THAT(service_->GenerateDataKey(Admin(), {"aes"}, {}), IsError(Code::kStorageFull));
  EXPECT_THAT(service_->RotateKey(Admin(), "aes"), IsError(Code::kStorageFull));
  EXPECT_THAT(service_->GetHealth().audit, IsError(Code::kStorageFull));
  EXPECT_FALSE(service_->GetHealth().ready());
  EXPECT_GT(faults_.reopened, 0);
  faults_.append = false;
  EXPECT_EQ(DecryptOne("aes", sealed), "x");
  EXPECT_TRUE(service_->GetHealth().ready());
  EXPECT_EQ(service_->ShowKey(Admin(), "aes")->versions.size(), 1u);
}

TEST_F(ServiceDurabilityTest, AChangeWhoseRecordFailedIsRecordedWhenTheLogIsBack) {
  store_->after = [this](const auto&) { faults_.append = true; };
  const Caller caller = Admin();
  CreateKeyRequest request;
  request.name = "a";
  request.algorithm = Algorithm::kAes256Gcm;
  const auto made = service_->CreateKey(caller, request);
  ASSERT_THAT(made, IsError(Code::kStorageFull));
  store_->after = {};
  faults_.append = false;
  EXPECT_THAT(service_->ShowKey(Admin(), "a"), IsOk());
  EXPECT_EQ(CountOf(**service_->OpenAudit(Admin()), caller.request, true), 1);
}

TEST_F(ServiceDurabilityTest, AChangeIsNotAcknowledgedWhenItsRecordIsNotOnTheDisk) {
  faults_.sync = true;
  CreateKeyRequest request;
  request.name = "a";
  request.algorithm = Algorithm::kAes256Gcm;
  EXPECT_THAT(service_->CreateKey(Admin(), request), IsError(Code::kStorage));
  faults_.sync = false;
}

TEST_F(ServiceDurabilityTest, AStaleKeyIsNotServedAfterAChangeWhoseRecordFailed) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const Bytes sealed = EncryptOne("a", "x")->ciphertext;
  faults_.sync = true;
  EXPECT_FALSE(service_->SetKeyState(Admin(), {"a"}, KeyState::kDestroyed));
  faults_.sync = false;
  EXPECT_THAT(DecryptOne("a", sealed), IsError(Code::kKeyState));
}

class InvocationsTest : public ServiceDurabilityTest {
 protected:
  std::uint64_t Bound(const KeyInfo& key) {
    const auto entry = store_->Get(entry::Gcm(ToString(key.id), 1));
    return entry ? *DecodeNumber(AsText(entry->value)) : 0;
  }
  void SetBound(const KeyInfo& key, std::uint64_t bound) {
    keystore::Transaction change;
    change.Put(entry::Gcm(ToString(key.id), 1), EncodeNumber(bound));
    ASSERT_THAT(store_->Commit(change), IsOk());
  }
};

TEST_F(InvocationsTest, ABlockIsReservedBeforeTheFirstUseAndAnotherWhenItIsUsedUp) {
  const KeyInfo key = MakeKey("a", Algorithm::kAes256Gcm);
  EXPECT_EQ(Bound(key), 0u);
  ASSERT_THAT(EncryptOne("a", "x"), IsOk());
  EXPECT_EQ(Bound(key), 256u);
  for (int i = 1; i < 256; ++i) ASSERT_THAT(EncryptOne("a", "x"), IsOk());
  EXPECT_EQ(Bound(key), 256u);
  ASSERT_THAT(EncryptOne("a", "x"), IsOk());
  EXPECT_EQ(Bound(key), 256u + 4096u);
}

TEST_F(InvocationsTest, ARestartBurnsTheRestOfABlock) {
  const KeyInfo key = MakeKey("a", Algorithm::kAes256Gcm);
  ASSERT_THAT(EncryptOne("a", "x"), IsOk());
  Close();
  Open();
  EXPECT_EQ(Bound(key), 256u);
  ASSERT_THAT(EncryptOne("a", "x"), IsOk());
  EXPECT_EQ(Bound(key), 512u);
}

// Requirement: gcm-iv
TEST_F(InvocationsTest, ACrashBetweenReservationAndUseBurnsOnly) {
  const KeyInfo key = MakeKey("a", Algorithm::kAes256Gcm);
  const std::filesystem::path copy = folder_ / "crashed";
  ASSERT_THAT(EncryptOne("a", "x"), IsOk());
  CopyTo(copy);
  std::unique_ptr<keystore::Keystore> store;
  const auto restarted = OpenAt(copy, store);
  const Service::PlaintextItem item{AsBytes("x"), {}};
  ASSERT_THAT(restarted->Encrypt(Admin(), {"a"}, {&item, 1}), IsOk());
  EXPECT_EQ(AsText(store->Get(entry::Gcm(ToString(key.id), 1))->value), "512");
}

TEST_F(InvocationsTest, WithoutARoomToReserveNothingIsEncrypted) {
  MakeKey("a", Algorithm::kAes256Gcm);
  store_->before = [](const auto&) -> Status { return Error(Code::kStorageFull, "full"); };
  EXPECT_THAT(EncryptOne("a", "x"), IsError(Code::kStorageFull));
  store_->before = {};
  EXPECT_THAT(EncryptOne("a", "x"), IsOk());
}

TEST_F(InvocationsTest, PastTheLimitOnlyARotationHelps) {
  const KeyInfo key = MakeKey("a", Algorithm::kAes256Gcm);
  const Bytes sealed = EncryptOne("a", "first")->ciphertext;
  SetBound(key, kMaxInvocations - 2);
  Close();
  Open();
  ASSERT_THAT(EncryptOne("a", "x"), IsOk());
  ASSERT_THAT(EncryptOne("a", "x"), IsOk());
  EXPECT_THAT(EncryptOne("a", "x"), IsError(Code::kInvocationLimit));
  EXPECT_EQ(LastRecord().outcome, "invocation_limit");
  EXPECT_EQ(Bound(key), kMaxInvocations);
  EXPECT_EQ(DecryptOne("a", sealed), "first");
  ASSERT_THAT(service_->RotateKey(Admin(), "a"), IsOk());
  EXPECT_THAT(EncryptOne("a", "x"), IsOk());
}

}  // namespace
}  // namespace vallum::service
