// SPDX-License-Identifier: Apache-2.0
// Module, health and the life of keys.
#include "service/service.h"

#include <algorithm>
#include <set>

#include "service/service_test_support.h"

namespace vallum::service {
namespace {

using module::Algorithm;
using policy::Action;

class ServiceTest : public ServiceFixture {
 protected:
  Result<Approved<KeyInfo>> Create(CreateKeyRequest request) {
    return service_->CreateKey(Admin(), request);
  }
  static CreateKeyRequest Request(const std::string& name) {
    CreateKeyRequest request;
    request.name = name;
    request.algorithm = Algorithm::kAes256Gcm;
    return request;
  }
  Result<KeyInfo> SetState(const std::string& name, std::uint32_t version, KeyState state) {
    return service_->SetKeyState(Admin(), {name, version}, state);
  }
  static std::vector<std::string> NamesOf(const KeyPage& page) {
    std::vector<std::string> names;
    names.reserve(page.keys.size());
    for (const KeyInfo& key : page.keys) names.push_back(key.name);
    return names;
  }
};

TEST_F(ServiceTest, ANewServiceIsHealthy) { EXPECT_TRUE(service_->GetHealth().ready()); }

TEST_F(ServiceTest, RequestIdsAreVersionSevenAndDiffer) {
  std::set<RequestId> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(service_->NewRequestId());
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_EQ(ids.begin()->bytes()[6] >> 4, 7);
}

TEST_F(ServiceTest, StatusNamesModuleAndSeal) {
  const auto status = service_->GetStatus(Admin());
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(status->module.state, module::State::kOperational);
  EXPECT_EQ(status->seal, "none");
}

TEST_F(ServiceTest, TheSelfTestRunsAndIsRecorded) {
  const auto results = service_->SelfTest(Admin());
  ASSERT_THAT(results, IsOk());
  EXPECT_FALSE(results->empty());
  EXPECT_EQ(LastRecord().operation, policy::Name(Action::kModuleSelfTest));
}

TEST_F(ServiceTest, RandomBytesHaveTheSizeAskedForAndDiffer) {
  const auto a = service_->Random(Admin(), 32);
  const auto b = service_->Random(Admin(), 32);
  ASSERT_THAT(a, IsOk());
  ASSERT_THAT(b, IsOk());
  EXPECT_EQ(a->value.size(), 32u);
  EXPECT_FALSE(a->value == b->value);
  EXPECT_TRUE(a->indicator.approved());
}

TEST_F(ServiceTest, RandomBytesAreBounded) {
  EXPECT_THAT(service_->Random(Admin(), 0), IsError(Code::kInvalidArgument));
  EXPECT_THAT(service_->Random(Admin(), 65'537), IsError(Code::kInvalidArgument));
}

TEST_F(ServiceTest, ACreatedKeyIsShownAndRecorded) {
  CreateKeyRequest request = Request("payroll");
  request.labels = {{"team", "hr"}};
  const Caller caller = Admin();
  const auto made = service_->CreateKey(caller, request);
  ASSERT_THAT(made, IsOk());
  EXPECT_TRUE(made->indicator.approved());
  const auto shown = service_->ShowKey(Admin(), "payroll");
  ASSERT_THAT(shown, IsOk());
  EXPECT_EQ(shown->id, made->value.id);
  EXPECT_EQ(shown->owner, "admin");
  EXPECT_EQ(shown->labels, request.labels);
  EXPECT_EQ(shown->primary_version, 1u);
  EXPECT_EQ(shown->versions.at(0).state, KeyState::kActive);
  EXPECT_EQ(shown->usages, module::AllUsages(Algorithm::kAes256Gcm));
  const auto records = Records();
  const auto record = std::find_if(records.begin(), records.end(), [&](const auto& candidate) {
    return candidate.request == caller.request;
  });
  ASSERT_NE(record, records.end());
  EXPECT_EQ(record->operation, "key.create");
  EXPECT_EQ(record->principal, "client:admin");
  EXPECT_EQ(record->key_name, "payroll");
  EXPECT_EQ(record->key_id, ToString(made->value.id));
  EXPECT_EQ(record->key_version, 1u);
  EXPECT_EQ(record->algorithm, "aes-256-gcm");
  EXPECT_EQ(record->outcome, "ok");
  EXPECT_EQ(record->approval, "approved");
  EXPECT_FALSE(record->recovered);
}

TEST_F(ServiceTest, KeysMadeTogetherAreShownAndHaveARecordEach) {
  const std::vector<CreateKeyRequest> requests = {Request("a"), Request("b"), Request("c")};
  const Caller caller = Admin();
  const auto made = service_->CreateKeys(caller, requests);
  ASSERT_THAT(made, IsOk());
  ASSERT_EQ(made->size(), 3u);
  std::set<std::string> recorded;
  for (const audit::Record& record : Records()) {
    if (record.request == caller.request) recorded.insert(record.key_name + "/" + record.key_id);
  }
  std::set<std::string> shown;
  for (const auto& one : *made) {
    ASSERT_THAT(one, IsOk());
    EXPECT_TRUE(one->indicator.approved());
    const auto key = service_->ShowKey(Admin(), one->value.name);
    ASSERT_THAT(key, IsOk());
    shown.insert(key->name + "/" + ToString(key->id));
  }
  EXPECT_EQ(shown.size(), 3u);
  EXPECT_EQ(recorded, shown);
}

TEST_F(ServiceTest, OfKeysMadeTogetherEachSucceedsOrFailsByItself) {
  MakeKey("taken", Algorithm::kAes256Gcm);
  CreateKeyRequest bad = Request("bad");
  bad.usages = module::Usage::kSign;
  const Caller caller = Admin();
  const auto made = service_->CreateKeys(
      caller, std::vector{Request("taken"), Request("twice"), bad, Request("twice"), Request("x")});
  ASSERT_THAT(made, IsOk());
  ASSERT_EQ(made->size(), 5u);
  EXPECT_THAT((*made)[0], IsError(Code::kAlreadyExists));
  EXPECT_THAT((*made)[1], IsOk());
  EXPECT_THAT((*made)[2], IsError(Code::kInvalidArgument));
  EXPECT_THAT((*made)[3], IsError(Code::kAlreadyExists));
  EXPECT_THAT((*made)[4], IsOk());
  EXPECT_EQ(service_->ShowKey(Admin(), "twice")->id, (*made)[1]->value.id);
  std::multiset<std::string> outcomes;
  for (const audit::Record& record : Records()) {
    if (record.request == caller.request) outcomes.insert(record.outcome);
  }
  EXPECT_EQ(outcomes, (std::multiset<std::string>{"already_exists", "already_exists",
                                                  "invalid_argument", "ok", "ok"}));
}

TEST_F(ServiceTest, ABatchOfKeysIsBoundedAndRefusesWhatTakesLong) {
  EXPECT_THAT(service_->CreateKeys(Admin(), {}), IsError(Code::kInvalidArgument));
  std::vector<CreateKeyRequest> many;
  many.reserve(257);
  for (int i = 0; i < 257; ++i) many.push_back(Request("k" + std::to_string(i)));
  EXPECT_THAT(service_->CreateKeys(Admin(), many), IsError(Code::kInvalidArgument));
  EXPECT_EQ(LastRecord().outcome, "invalid_argument");
  for (const Algorithm algorithm : {Algorithm::kRsa2048, Algorithm::kSlhDsaSha2_128s}) {
    std::vector<CreateKeyRequest> slow = {Request("quick"), Request("slow")};
    slow[1].algorithm = algorithm;
    EXPECT_THAT(service_->CreateKeys(Admin(), slow), IsError(Code::kInvalidArgument));
    EXPECT_THAT(service_->ShowKey(Admin(), "quick"), IsError(Code::kNotFound));
  }
}

TEST_F(ServiceTest, WhoMayNotMakeKeysMakesNoneTogether) {
  const auto made = service_->CreateKeys(NewCaller("u", kUser), std::vector{Request("a")});
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(made->front(), IsError(Code::kPermissionDenied));
  EXPECT_THAT(service_->ShowKey(Admin(), "a"), IsError(Code::kNotFound));
}

TEST_F(ServiceTest, ATakenNameIsRefusedAndTheRefusalRecorded) {
  MakeKey("a", Algorithm::kAes256Gcm);
  EXPECT_THAT(Create(Request("a")), IsError(Code::kAlreadyExists));
  EXPECT_EQ(LastRecord().outcome, "already_exists");
}

TEST_F(ServiceTest, BadCreationRequestsAreRefused) {
  EXPECT_THAT(Create(Request("a/b")), IsError(Code::kInvalidArgument));
  CreateKeyRequest labels = Request("a");
  labels.labels = {{"", "x"}};
  EXPECT_THAT(Create(labels), IsError(Code::kInvalidArgument));
  CreateKeyRequest usages = Request("a");
  usages.usages = module::Usage::kSign;
  EXPECT_THAT(Create(usages), IsError(Code::kInvalidArgument));
}

TEST_F(ServiceTest, KeysAreListedByNameInPages) {
  for (const char* name : {"b2", "a", "b1", "b3", "c"}) MakeKey(name, Algorithm::kAes256Gcm);
  const auto first = service_->ListKeys(Admin(), "b", "", 2);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(NamesOf(*first), (std::vector<std::string>{"b1", "b2"}));
  EXPECT_EQ(first->next, "b2");
  const auto second = service_->ListKeys(Admin(), "b", first->next, 2);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(NamesOf(*second), std::vector<std::string>{"b3"});
  EXPECT_EQ(second->next, "");
  EXPECT_EQ(service_->ListKeys(Admin(), "", "", 5)->keys.size(), 5u);
  EXPECT_EQ(service_->ListKeys(Admin(), "", "", 5)->next, "");
}

TEST_F(ServiceTest, SystemKeysAreInNoList) {
  EXPECT_TRUE(service_->ListKeys(Admin(), "", "", 1000)->keys.empty());
}

TEST_F(ServiceTest, BadPagesAreRefused) {
  EXPECT_THAT(service_->ListKeys(Admin(), "", "", 0), IsError(Code::kInvalidArgument));
  EXPECT_THAT(service_->ListKeys(Admin(), "", "", 1001), IsError(Code::kInvalidArgument));
  EXPECT_THAT(service_->ListKeys(Admin(), "a/", "", 1), IsError(Code::kInvalidArgument));
}

TEST_F(ServiceTest, RotationMakesANewPrimaryAndRetiresTheOld) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const auto rotated = service_->RotateKey(Admin(), "a");
  ASSERT_THAT(rotated, IsOk());
  EXPECT_EQ(rotated->value.primary_version, 2u);
  EXPECT_EQ(rotated->value.versions.at(0).state, KeyState::kDeactivated);
  EXPECT_EQ(rotated->value.versions.at(1).state, KeyState::kActive);
  EXPECT_EQ(LastRecord().key_version, 2u);
}

TEST_F(ServiceTest, WhatWasEncryptedBeforeARotationStillDecrypts) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const auto sealed = EncryptOne("a", "old");
  ASSERT_THAT(sealed, IsOk());
  ASSERT_THAT(service_->RotateKey(Admin(), "a"), IsOk());
  EXPECT_EQ(EncryptOne("a", "new")->version, 2u);
  EXPECT_EQ(DecryptOne("a", sealed->ciphertext), "old");
  EXPECT_THAT(EncryptOne("a", "x", "", 1), IsError(Code::kKeyState));
}

TEST_F(ServiceTest, RotatingAMissingKeyIsNotFound) {
  EXPECT_THAT(service_->RotateKey(Admin(), "a"), IsError(Code::kNotFound));
}

TEST_F(ServiceTest, ASuspendedKeyDoesNothingUntilItIsActiveAgain) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const Bytes sealed = EncryptOne("a", "x")->ciphertext;
  ASSERT_THAT(SetState("a", 0, KeyState::kSuspended), IsOk());
  EXPECT_EQ(LastRecord().detail, "active -> suspended");
  EXPECT_THAT(EncryptOne("a", "x"), IsError(Code::kKeyState));
  EXPECT_THAT(DecryptOne("a", sealed), IsError(Code::kKeyState));
  ASSERT_THAT(SetState("a", 1, KeyState::kActive), IsOk());
  EXPECT_EQ(DecryptOne("a", sealed), "x");
}

TEST_F(ServiceTest, ADestroyedVersionIsGoneAtOnceAndFromTheStore) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const Bytes sealed = EncryptOne("a", "x")->ciphertext;
  const auto destroyed = SetState("a", 1, KeyState::kDestroyed);
  ASSERT_THAT(destroyed, IsOk());
  EXPECT_THAT(DecryptOne("a", sealed), IsError(Code::kKeyState));
  EXPECT_THAT(EncryptOne("a", "x"), IsError(Code::kKeyState));
  const auto entry = store_->Get(entry::Key(ToString(destroyed->id)));
  ASSERT_THAT(entry, IsOk());
  EXPECT_EQ(AsText(entry->value).find("blob"), std::string_view::npos);
  EXPECT_THAT(service_->ShowKey(Admin(), "a"), IsOk());
}

TEST_F(ServiceTest, AnIllegalStateChangeIsRefused) {
  MakeKey("a", Algorithm::kAes256Gcm);
  EXPECT_THAT(SetState("a", 1, KeyState::kPreActive), IsError(Code::kKeyState));
  EXPECT_THAT(SetState("a", 2, KeyState::kSuspended), IsError(Code::kNotFound));
  EXPECT_THAT(SetState("b", 1, KeyState::kSuspended), IsError(Code::kNotFound));
  ASSERT_THAT(SetState("a", 1, KeyState::kDestroyed), IsOk());
  EXPECT_THAT(SetState("a", 1, KeyState::kActive), IsError(Code::kKeyState));
}

TEST_F(ServiceTest, ThePublicKeyOfEachVersionIsGiven) {
  MakeKey("a", Algorithm::kEcP256);
  const auto first = service_->PublicKey(Admin(), {"a"});
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(service_->RotateKey(Admin(), "a"), IsOk());
  EXPECT_NE(service_->PublicKey(Admin(), {"a"}).value_or(Bytes{}), *first);
  EXPECT_EQ(service_->PublicKey(Admin(), {"a", 1}).value_or(Bytes{}), *first);
}

TEST_F(ServiceTest, NoPublicKeyOfSymmetricMissingOrDestroyedOnes) {
  MakeKey("aes", Algorithm::kAes256Gcm);
  MakeKey("ec", Algorithm::kEcP256);
  EXPECT_THAT(service_->PublicKey(Admin(), {"aes"}), IsError(Code::kUnsupported));
  EXPECT_THAT(service_->PublicKey(Admin(), {"none"}), IsError(Code::kNotFound));
  EXPECT_THAT(service_->PublicKey(Admin(), {"ec", 9}), IsError(Code::kNotFound));
  ASSERT_THAT(SetState("ec", 1, KeyState::kDestroyed), IsOk());
  EXPECT_THAT(service_->PublicKey(Admin(), {"ec", 1}), IsError(Code::kKeyState));
}

TEST_F(ServiceTest, KeysThatNeedAModeWithEachRequestAreNotServed) {
  for (const Algorithm algorithm :
       {Algorithm::kAes256Cbc, Algorithm::kAes128Ctr, Algorithm::kAes256Ccm, Algorithm::kAes256Xts,
        Algorithm::kAes256}) {
    CreateKeyRequest request = Request("mode");
    request.algorithm = algorithm;
    EXPECT_THAT(Create(request), IsError(Code::kUnsupported)) << module::Name(algorithm);
  }
  CreateKeyRequest request = Request("mode");
  request.algorithm = Algorithm::kAes256Cmac;
  EXPECT_THAT(Create(request), IsOk());
}

TEST_F(ServiceTest, AnEditedRowIsRefused) {
  const KeyInfo key = MakeKey("a", Algorithm::kAes256Gcm);
  const std::string entry = entry::Key(ToString(key.id));
  std::string text(AsText(store_->Get(entry)->value));
  text.replace(text.find("aes-256-gcm"), 11, "aes-128-gcm");
  keystore::Transaction edit;
  edit.Put(entry, ToBytes(AsBytes(text)));
  ASSERT_THAT(store_->Commit(edit), IsOk());
  EXPECT_THAT(EncryptOne("a", "x"), IsError(Code::kIntegrity));
}

TEST_F(ServiceTest, KeysAreStillThereAfterARestart) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const Bytes sealed = EncryptOne("a", "x")->ciphertext;
  Close();
  Open();
  EXPECT_EQ(DecryptOne("a", sealed), "x");
}

TEST_F(ServiceTest, AFullStoreRefusesChangesAndNothingIsLeftOfThem) {
  store_->before = [](const auto&) -> Status { return Error(Code::kStorageFull, "full"); };
  EXPECT_THAT(Create(Request("a")), IsError(Code::kStorageFull));
  store_->before = {};
  EXPECT_EQ(LastRecord().outcome, "storage_full");
  EXPECT_THAT(service_->ShowKey(Admin(), "a"), IsError(Code::kNotFound));
  EXPECT_THAT(Create(Request("a")), IsOk());
}

}  // namespace
}  // namespace vallum::service
