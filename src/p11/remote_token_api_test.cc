// SPDX-License-Identifier: Apache-2.0
// What a token of a vallumd has that an embedded one has not, and the other way round.
#include "p11/api_testing.h"

namespace vallum::p11 {
namespace {

class RemoteTokenApiTest : public ApiTest {
 protected:
  CK_RV Generate(CK_MECHANISM_TYPE mechanism, TestTemplate given) {
    CK_MECHANISM how{mechanism, nullptr, 0};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    return C_GenerateKey(session_, &how, given.data(), given.size(), &key);
  }
  CK_OBJECT_HANDLE One(std::string_view label, CK_OBJECT_CLASS object_class) {
    const auto found = Find(TestTemplate().Value(CKA_LABEL, label).Number(CKA_CLASS, object_class));
    EXPECT_EQ(found.size(), 1u) << label;
    return found.empty() ? CK_INVALID_HANDLE : found[0];
  }
  // Another process, as far as the server and the token's objects are concerned.
  void StartAgain() {
    ASSERT_EQ(C_Finalize(nullptr), CKR_OK);
    ASSERT_EQ(C_Initialize(nullptr), CKR_OK);
    session_ = Open();
  }
  static CK_MECHANISM EcdsaSha256() { return {CKM_ECDSA_SHA256, nullptr, 0}; }
};

TEST_F(RemoteTokenApiTest, APairMadeHereIsThereAgainWithItsAttributes) {
  const Pair pair = MakePair(
      CKM_EC_KEY_PAIR_GEN, Curve(kP256).Value(CKA_LABEL, "pair").Flag(CKA_TOKEN, true),
      TestTemplate().Value(CKA_LABEL, "pair").Value(CKA_ID, "7").Value(CKA_SUBJECT, "subject"));
  const Bytes signature = Sign(EcdsaSha256(), pair.private_key, AsBytes("data"));
  const Bytes point = Attribute(pair.public_key, CKA_EC_POINT);
  StartAgain();
  const CK_OBJECT_HANDLE open = One("pair", CKO_PUBLIC_KEY);
  const CK_OBJECT_HANDLE secret = One("pair", CKO_PRIVATE_KEY);
  EXPECT_EQ(Attribute(open, CKA_EC_POINT), point);
  EXPECT_EQ(AsText(Attribute(secret, CKA_ID)), "7");
  EXPECT_EQ(AsText(Attribute(secret, CKA_SUBJECT)), "subject");
  EXPECT_EQ(Verify(EcdsaSha256(), open, AsBytes("data"), signature), CKR_OK);
  EXPECT_EQ(
      Verify(EcdsaSha256(), open, AsBytes("data"), Sign(EcdsaSha256(), secret, AsBytes("data"))),
      CKR_OK);
}

TEST_F(RemoteTokenApiTest, AChangeIsThereAgain) {
  MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256), TestTemplate().Value(CKA_LABEL, "before"));
  TestTemplate change = TestTemplate().Value(CKA_LABEL, "after");
  ASSERT_EQ(
      C_SetAttributeValue(session_, One("before", CKO_PRIVATE_KEY), change.data(), change.size()),
      CKR_OK);
  StartAgain();
  EXPECT_EQ(Sign(EcdsaSha256(), One("after", CKO_PRIVATE_KEY), AsBytes("data")).size(), 64u);
  EXPECT_TRUE(Find(TestTemplate().Value(CKA_LABEL, "before")).empty());
}

TEST_F(RemoteTokenApiTest, ADestroyedPairIsGoneForGood) {
  MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256).Value(CKA_LABEL, "gone").Flag(CKA_TOKEN, true),
           TestTemplate().Value(CKA_LABEL, "gone"));
  ASSERT_EQ(C_DestroyObject(session_, One("gone", CKO_PRIVATE_KEY)), CKR_OK);
  ASSERT_EQ(C_DestroyObject(session_, One("gone", CKO_PUBLIC_KEY)), CKR_OK);
  StartAgain();
  EXPECT_TRUE(Find(TestTemplate().Value(CKA_LABEL, "gone")).empty());
  EXPECT_TRUE(Find(TestTemplate()).empty());
}

TEST_F(RemoteTokenApiTest, TwoPairsMayHaveOneLabel) {
  for (int i = 0; i < 2; ++i) {
    MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256), TestTemplate().Value(CKA_LABEL, "same"));
  }
  StartAgain();
  EXPECT_EQ(Find(TestTemplate().Value(CKA_LABEL, "same")).size(), 2u);
}

TEST_F(RemoteTokenApiTest, ACertificateIsKeptInTheServer) {
  TestTemplate given;
  given.Number(CKA_CLASS, CKO_CERTIFICATE).Number(CKA_CERTIFICATE_TYPE, CKC_X_509);
  given.Flag(CKA_TOKEN, true).Value(CKA_LABEL, "web").Value(CKA_SUBJECT, "CN=web");
  given.Add(CKA_VALUE, Bytes(3000, 0x30));
  CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
  ASSERT_EQ(C_CreateObject(session_, given.data(), given.size(), &made), CKR_OK);
  StartAgain();
  EXPECT_EQ(Attribute(One("web", CKO_CERTIFICATE), CKA_VALUE), Bytes(3000, 0x30));
}

TEST_F(RemoteTokenApiTest, AGenericSecretIsForTheOneHashThatItNames) {
  const CK_MECHANISM_TYPE type = CKM_SHA384_HMAC;
  const Bytes allowed(reinterpret_cast<const CK_BYTE*>(&type),
                      reinterpret_cast<const CK_BYTE*>(&type) + sizeof(type));
  const CK_OBJECT_HANDLE key =
      Secret(CKM_GENERIC_SECRET_KEY_GEN, 48,
             TestTemplate().Flag(CKA_TOKEN, true).Add(CKA_ALLOWED_MECHANISMS, allowed));
  const CK_MECHANISM how{CKM_SHA384_HMAC, nullptr, 0};
  const Bytes mac = Sign(how, key, AsBytes("data"));
  EXPECT_EQ(mac.size(), 48u);
  EXPECT_EQ(Verify(how, key, AsBytes("data"), mac), CKR_OK);
  EXPECT_EQ(Verify(how, key, AsBytes("date"), mac), CKR_SIGNATURE_INVALID);
  EXPECT_EQ(Generate(CKM_GENERIC_SECRET_KEY_GEN, TestTemplate()
                                                     .Flag(CKA_TOKEN, true)
                                                     .Number(CKA_VALUE_LEN, 32)
                                                     .Add(CKA_ALLOWED_MECHANISMS, allowed)),
            CKR_KEY_SIZE_RANGE);
}

TEST_F(RemoteTokenApiTest, WhatTheServerDoesNotHaveIsInconsistent) {
  TestTemplate aes = TestTemplate().Flag(CKA_TOKEN, true).Number(CKA_VALUE_LEN, 32);
  EXPECT_EQ(Generate(CKM_AES_KEY_GEN, aes), CKR_TEMPLATE_INCONSISTENT);
  EXPECT_EQ(Generate(CKM_GENERIC_SECRET_KEY_GEN, aes), CKR_TEMPLATE_INCONSISTENT);
  CK_MECHANISM how{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  TestTemplate open = Curve(kP256);
  Pair pair;
  for (const CK_ATTRIBUTE_TYPE type : {CKA_DERIVE, CKA_UNWRAP, CKA_EXTRACTABLE}) {
    TestTemplate secret = TestTemplate().Flag(CKA_TOKEN, true).Flag(type, true);
    EXPECT_EQ(C_GenerateKeyPair(session_, &how, open.data(), open.size(), secret.data(),
                                secret.size(), &pair.public_key, &pair.private_key),
              CKR_TEMPLATE_INCONSISTENT)
        << type;
  }
  TestTemplate note;
  note.Number(CKA_CLASS, CKO_DATA).Flag(CKA_TOKEN, true).Flag(CKA_PRIVATE, true);
  note.Value(CKA_VALUE, "secret");
  CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
  EXPECT_EQ(C_CreateObject(session_, note.data(), note.size(), &made), CKR_TEMPLATE_INCONSISTENT);
}

TEST_F(RemoteTokenApiTest, ThereIsNoLoginAndNoOfficer) {
  CK_TOKEN_INFO info;
  ASSERT_EQ(C_GetTokenInfo(0, &info), CKR_OK);
  EXPECT_EQ(info.flags & CKF_LOGIN_REQUIRED, 0u);
  const Pair pair = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256));
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  EXPECT_EQ(Sign(EcdsaSha256(), pair.private_key, AsBytes("data")).size(), 64u);
  EXPECT_EQ(C_Login(session_, CKU_SO, Text("12345678"), 8), CKR_USER_TYPE_INVALID);
  EXPECT_EQ(C_SetPIN(session_, Text("1234"), 4, Text("4321"), 4), CKR_TOKEN_WRITE_PROTECTED);
  EXPECT_EQ(Login("any pin"), CKR_OK);
}

}  // namespace
}  // namespace vallum::p11
