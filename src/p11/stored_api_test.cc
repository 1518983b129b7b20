// SPDX-License-Identifier: Apache-2.0
// What an embedded token believes of its file, and what it leaves there.
#include <gmock/gmock.h>

#include <random>

#include "base/secret.h"
#include "base/test_memory_scan.h"
#include "keystore/sqlite_shared.h"
#include "p11/api_testing.h"

namespace vallum::p11 {
namespace {

class StoredApiTest : public ApiTest {
 protected:
  CK_RV Create(TestTemplate given, CK_OBJECT_HANDLE* object) {
    return C_CreateObject(session_, given.data(), given.size(), object);
  }
  static TestTemplate Note(std::string_view label, bool on_token = true) {
    TestTemplate note;
    note.Number(CKA_CLASS, CKO_DATA).Value(CKA_LABEL, label).Value(CKA_VALUE, "written down");
    return note.Flag(CKA_TOKEN, on_token);
  }
  static TestTemplate Secret(std::string_view label, bool on_token = true) {
    return Note(label, on_token).Flag(CKA_PRIVATE, true);
  }
  CK_OBJECT_HANDLE Made(TestTemplate given) {
    CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
    EXPECT_EQ(Create(std::move(given), &object), CKR_OK);
    return object;
  }
  std::unique_ptr<keystore::Keystore> File() {
    return OpenSharedSqliteKeystore(folder_ / "token.db", keystore::Missing::kFail).value();
  }
  std::vector<keystore::Entry> Records() { return File()->List("object/", "", 100).value(); }
  void Write(const std::string& key, Bytes value) {
    keystore::Transaction change;
    change.Put(key, std::move(value)).Put("change", {0});
    ASSERT_THAT(File()->Commit(change), IsOk());
  }
  /// Again closes the library and opens it, with nobody logged in.
  void Again() {
    ASSERT_EQ(C_Finalize(nullptr), CKR_OK);
    ASSERT_EQ(C_Initialize(nullptr), CKR_OK);
    session_ = CK_INVALID_HANDLE;
    C_OpenSession(0, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session_);
  }
};

TEST_F(StoredApiTest, AChangedByteOfAnObjectsRecordIsRefusedAtTheLogin) {
  for (const bool is_private : {false, true}) {
    const CK_OBJECT_HANDLE object = Made(is_private ? Secret("a") : Note("a"));
    const keystore::Entry record = Records().at(0);
    for (std::size_t at = 0; at < record.value.size(); at += 11) {
      Bytes changed = record.value;
      changed[at] ^= 1;
      Write(record.key, changed);
      Again();
      EXPECT_NE(Login(), CKR_OK) << "private " << is_private << ", byte " << at;
      if (is_private) continue;
      EXPECT_NE(C_Login(session_, CKU_SO, Text("12345678"), 8), CKR_OK) << at;
    }
    Write(record.key, record.value);
    Again();
    ASSERT_EQ(Login(), CKR_OK);
    ASSERT_EQ(C_DestroyObject(session_, Find(TestTemplate()).at(0)), CKR_OK) << object;
  }
}

TEST_F(StoredApiTest, ARecordUnderAnotherObjectsNameIsRefused) {
  Made(Note("a"));
  Made(Note("b"));
  const auto records = Records();
  Write(records.at(0).key, records.at(1).value);
  Again();
  EXPECT_EQ(Find(TestTemplate()).size(), 2u);
  EXPECT_EQ(Login(), CKR_DEVICE_ERROR);
}

TEST_F(StoredApiTest, AnObjectWrittenWithoutTheKeyOfTheTokenIsRefused) {
  Made(Note("a"));
  const keystore::Entry record = Records().at(0);
  Bytes plain = record.value;
  plain[1] = 0;
  plain.erase(plain.begin() + 2, plain.begin() + 30);
  Write(record.key, plain);
  Again();
  EXPECT_EQ(session_, CK_INVALID_HANDLE) << "a record without a tag was read";
}

TEST_F(StoredApiTest, WhoIsNotLoggedInChangesNothingInTheToken) {
  Made(Note("a"));
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  EXPECT_EQ(Create(Note("b"), &object), CKR_USER_NOT_LOGGED_IN);
  const auto found = Find(TestTemplate());
  ASSERT_EQ(found.size(), 1u);
  TestTemplate other;
  other.Value(CKA_LABEL, "other");
  EXPECT_EQ(C_SetAttributeValue(session_, found[0], other.data(), 1), CKR_USER_NOT_LOGGED_IN);
  EXPECT_EQ(C_DestroyObject(session_, found[0]), CKR_USER_NOT_LOGGED_IN);
  ASSERT_EQ(C_Login(session_, CKU_SO, Text("12345678"), 8), CKR_OK);
  EXPECT_EQ(Create(Note("b"), &object), CKR_OK);
  EXPECT_EQ(C_SetAttributeValue(session_, found[0], other.data(), 1), CKR_OK);
  EXPECT_EQ(C_DestroyObject(session_, found[0]), CKR_OK);
}

TEST_F(StoredApiTest, TheValueOfAPrivateDataObjectIsKeptSealed) {
  const CK_OBJECT_HANDLE object = Made(Secret("a"));
  EXPECT_EQ(AsText(Attribute(object, CKA_VALUE)), "written down");
  EXPECT_EQ(AsText(Records().at(0).value).find("written"), std::string_view::npos);
  Again();
  ASSERT_EQ(Login(), CKR_OK);
  const auto found = Find(TestTemplate().Value(CKA_LABEL, "a"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(AsText(Attribute(found[0], CKA_VALUE)), "written down");
  EXPECT_TRUE(Find(TestTemplate().Value(CKA_VALUE, "written down")).empty());
}

TEST_F(StoredApiTest, TheValueOfAPrivateDataObjectStaysUntilItIsChanged) {
  for (const bool on_token : {true, false}) {
    const CK_OBJECT_HANDLE object = Made(Secret("a", on_token));
    TestTemplate label;
    label.Value(CKA_LABEL, "b");
    ASSERT_EQ(C_SetAttributeValue(session_, object, label.data(), 1), CKR_OK) << on_token;
    EXPECT_EQ(AsText(Attribute(object, CKA_VALUE)), "written down");
    TestTemplate value;
    value.Value(CKA_VALUE, "new");
    ASSERT_EQ(C_SetAttributeValue(session_, object, value.data(), 1), CKR_OK);
    EXPECT_EQ(AsText(Attribute(object, CKA_VALUE)), "new");
    EXPECT_EQ(AsText(Attribute(object, CKA_LABEL)), "b");
  }
}

TEST_F(StoredApiTest, NoPrivateValueStaysInOrdinaryMemory) {
  if (!kMemoryIsOurs) return;
  SecretBytes value = SecretBytes::Create(4000).value();
  std::minstd_rand random(7);
  for (std::uint8_t& byte : value.mutable_span()) byte = static_cast<std::uint8_t>(random() >> 8);
  MemoryScan scan(value.span());
  TestTemplate note;
  note.Number(CKA_CLASS, CKO_DATA).Flag(CKA_TOKEN, true).Flag(CKA_PRIVATE, true);
  auto* attributes = note.data();
  std::vector<CK_ATTRIBUTE> all(attributes, attributes + note.size());
  all.push_back({CKA_VALUE, value.mutable_span().data(), value.size()});
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  ASSERT_EQ(C_CreateObject(session_, all.data(), all.size(), &object), CKR_OK);
  CK_MECHANISM how{CKM_EDDSA, nullptr, 0};
  const Pair pair = MakePair(CKM_EC_EDWARDS_KEY_PAIR_GEN, Curve(kEd25519));
  ASSERT_EQ(C_SignInit(session_, &how, pair.private_key), CKR_OK);
  ASSERT_EQ(C_SignUpdate(session_, value.mutable_span().data(), 3000), CKR_OK);
  ASSERT_EQ(C_SignUpdate(session_, value.mutable_span().data() + 3000, 1000), CKR_OK);
  // Neither locked, nor the stack, where AES of the provider leaves blocks of what it encrypted.
  const auto is_ordinary = [](const std::string& flags) {
    return flags.find(" lo") == std::string::npos && flags.find(" gd") == std::string::npos;
  };
  EXPECT_THAT(scan.InProcess("self", is_ordinary), testing::IsEmpty());
  ASSERT_EQ(C_GetAttributeValue(session_, object, &all.back(), 1), CKR_OK);
  EXPECT_THAT(scan.InProcess("self", is_ordinary), testing::IsEmpty());
  Again();
  ASSERT_EQ(Login(), CKR_OK);
  EXPECT_THAT(scan.InProcess("self", is_ordinary), testing::IsEmpty());
}

}  // namespace
}  // namespace vallum::p11
