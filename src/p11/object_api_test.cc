// SPDX-License-Identifier: Apache-2.0
// Objects and their attribute rules, as an application sees them.
#include "p11/api_testing.h"

namespace vallum::p11 {
namespace {

class ObjectApiTest : public ApiTest {
 protected:
  CK_RV Create(TestTemplate given, CK_OBJECT_HANDLE* object) {
    return C_CreateObject(session_, given.data(), given.size(), object);
  }
  CK_RV Change(CK_OBJECT_HANDLE object, TestTemplate given) {
    return C_SetAttributeValue(session_, object, given.data(), given.size());
  }
  CK_RV Copy(CK_OBJECT_HANDLE object, TestTemplate given, CK_OBJECT_HANDLE* copy) {
    return C_CopyObject(session_, object, given.data(), given.size(), copy);
  }
  CK_RV GenerateAes(TestTemplate given) {
    CK_MECHANISM how{CKM_AES_KEY_GEN, nullptr, 0};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    return C_GenerateKey(session_, &how, given.data(), given.size(), &key);
  }
  static TestTemplate Note(std::string_view label) {
    TestTemplate note;
    note.Number(CKA_CLASS, CKO_DATA).Value(CKA_LABEL, label).Value(CKA_VALUE, "text");
    return note;
  }
};

TEST_F(ObjectApiTest, ATokenObjectOutlivesTheLibraryASessionObjectItsSessionOnly) {
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  ASSERT_EQ(Create(Note("kept").Flag(CKA_TOKEN, true), &object), CKR_OK);
  ASSERT_EQ(Create(Note("passing"), &object), CKR_OK);
  EXPECT_EQ(Find(TestTemplate().Value(CKA_LABEL, "passing")).size(), 1u);
  ASSERT_EQ(C_Finalize(nullptr), CKR_OK);
  ASSERT_EQ(C_Initialize(nullptr), CKR_OK);
  session_ = Open();
  EXPECT_EQ(Find(TestTemplate().Value(CKA_LABEL, "passing")).size(), 0u);
  const auto found = Find(TestTemplate().Value(CKA_LABEL, "kept"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(AsText(Attribute(found[0], CKA_VALUE)), "text");
}

TEST_F(ObjectApiTest, PrivateObjectsAreSeenByTheUserAlone) {
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  ASSERT_EQ(Create(Note("mine").Flag(CKA_TOKEN, true).Flag(CKA_PRIVATE, true), &object), CKR_OK);
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  EXPECT_TRUE(Find(TestTemplate()).empty());
  CK_ULONG size = 0;
  EXPECT_EQ(C_GetObjectSize(session_, object, &size), CKR_OBJECT_HANDLE_INVALID);
  EXPECT_EQ(Create(Note("other").Flag(CKA_PRIVATE, true), &object), CKR_USER_NOT_LOGGED_IN);
  ASSERT_EQ(C_Login(session_, CKU_SO, Text("12345678"), 8), CKR_OK);
  EXPECT_TRUE(Find(TestTemplate()).empty());
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  ASSERT_EQ(Login(), CKR_OK);
  EXPECT_EQ(Find(TestTemplate().Value(CKA_LABEL, "mine")).size(), 1u);
}

TEST_F(ObjectApiTest, AKeyThatEverybodySeesIsUsedByTheUserAlone) {
  const CK_OBJECT_HANDLE made =
      Secret(CKM_AES_KEY_GEN, 32, TestTemplate().Flag(CKA_TOKEN, true).Flag(CKA_PRIVATE, false));
  ASSERT_NE(made, CK_INVALID_HANDLE);
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  const auto found = Find(TestTemplate().Number(CKA_CLASS, CKO_SECRET_KEY));
  ASSERT_EQ(found.size(), 1u);
  CK_MECHANISM how{CKM_AES_ECB, nullptr, 0};
  EXPECT_EQ(C_EncryptInit(session_, &how, found[0]), CKR_USER_NOT_LOGGED_IN);
  ASSERT_EQ(Login(), CKR_OK);
  EXPECT_EQ(C_EncryptInit(session_, &how, found[0]), CKR_OK);
}

TEST_F(ObjectApiTest, ACopyIsAnObjectOfItsOwn) {
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
  ASSERT_EQ(Create(Note("one"), &object), CKR_OK);
  ASSERT_EQ(Copy(object, TestTemplate().Value(CKA_LABEL, "two").Flag(CKA_TOKEN, true), &copy),
            CKR_OK);
  ASSERT_EQ(C_DestroyObject(session_, object), CKR_OK);
  EXPECT_EQ(AsText(Attribute(copy, CKA_VALUE)), "text");
  EXPECT_EQ(AsText(Attribute(copy, CKA_LABEL)), "two");
  EXPECT_EQ(Attribute(copy, CKA_TOKEN), Bytes{1});
}

TEST_F(ObjectApiTest, ACopyMayHideItsValueAndNeverShowsOneThatWasHidden) {
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
  ASSERT_EQ(Create(Note("open"), &object), CKR_OK);
  ASSERT_EQ(Copy(object, TestTemplate().Flag(CKA_PRIVATE, true), &copy), CKR_OK);
  EXPECT_EQ(AsText(Attribute(copy, CKA_VALUE)), "text");
  EXPECT_TRUE(Find(TestTemplate().Value(CKA_VALUE, "text").Flag(CKA_PRIVATE, true)).empty());
  CK_OBJECT_HANDLE third = CK_INVALID_HANDLE;
  EXPECT_EQ(Copy(copy, TestTemplate().Flag(CKA_PRIVATE, false), &third), CKR_TEMPLATE_INCONSISTENT);
  ASSERT_EQ(Copy(copy, TestTemplate().Flag(CKA_TOKEN, true), &third), CKR_OK);
  EXPECT_EQ(AsText(Attribute(third, CKA_VALUE)), "text");
}

TEST_F(ObjectApiTest, ACopiedKeyIsUsedInItsSessionAndLogsOutWithTheUser) {
  const CK_OBJECT_HANDLE key =
      Secret(CKM_AES_KEY_GEN, 32, TestTemplate().Flag(CKA_TOKEN, true).Flag(CKA_PRIVATE, false));
  CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
  EXPECT_EQ(Copy(key, TestTemplate(), &copy), CKR_ACTION_PROHIBITED);
  ASSERT_EQ(Copy(key, TestTemplate().Flag(CKA_TOKEN, false).Flag(CKA_DECRYPT, false), &copy),
            CKR_OK);
  EXPECT_EQ(Copy(key, TestTemplate().Flag(CKA_TOKEN, false).Flag(CKA_SENSITIVE, false), &copy),
            CKR_ATTRIBUTE_READ_ONLY);
  CK_MECHANISM how{CKM_AES_ECB, nullptr, 0};
  EXPECT_EQ(C_DecryptInit(session_, &how, copy), CKR_KEY_FUNCTION_NOT_PERMITTED);
  EXPECT_EQ(C_EncryptInit(session_, &how, copy), CKR_OK);
  ASSERT_EQ(C_SessionCancel(session_, CKF_ENCRYPT), CKR_OK);
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  EXPECT_NE(C_EncryptInit(session_, &how, copy), CKR_OK);
}

TEST_F(ObjectApiTest, AnAesKeyOfASessionIsNotCopiedIntoTheToken) {
  const CK_OBJECT_HANDLE key = Secret(CKM_AES_KEY_GEN, 32);
  CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
  EXPECT_EQ(Copy(key, TestTemplate().Flag(CKA_TOKEN, true), &copy), CKR_ACTION_PROHIBITED);
}

TEST_F(ObjectApiTest, APrivateKeyOfASessionIsCopiedIntoTheTokenOnce) {
  const Pair pair = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256));
  CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
  TestTemplate given;
  given.Flag(CKA_TOKEN, true).Value(CKA_LABEL, "kept");
  ASSERT_EQ(Copy(pair.private_key, given, &copy), CKR_OK);
  CK_OBJECT_HANDLE again = CK_INVALID_HANDLE;
  EXPECT_NE(Copy(pair.private_key, given, &again), CKR_OK);
  EXPECT_EQ(Copy(copy, given, &again), CKR_ACTION_PROHIBITED);
  const CK_MECHANISM how{CKM_ECDSA_SHA256, nullptr, 0};
  EXPECT_EQ(Verify(how, pair.public_key, AsBytes("x"), Sign(how, copy, AsBytes("x"))), CKR_OK);
  const Bytes info = Attribute(pair.public_key, CKA_PUBLIC_KEY_INFO);
  ASSERT_EQ(C_Finalize(nullptr), CKR_OK);
  ASSERT_EQ(C_Initialize(nullptr), CKR_OK);
  session_ = Open();
  ASSERT_EQ(Login(), CKR_OK);
  const auto found = Find(TestTemplate().Value(CKA_LABEL, "kept"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(Attribute(found[0], CKA_PUBLIC_KEY_INFO), info);
  EXPECT_EQ(Sign(how, found[0], AsBytes("x")).size(), 64u);
}

TEST_F(ObjectApiTest, WhatMayNotBeCopiedIsNot) {
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
  ASSERT_EQ(Create(Note("one").Flag(CKA_COPYABLE, false), &object), CKR_OK);
  EXPECT_EQ(Copy(object, TestTemplate(), &copy), CKR_ACTION_PROHIBITED);
  EXPECT_EQ(Copy(object + 1, TestTemplate(), &copy), CKR_OBJECT_HANDLE_INVALID);
}

TEST_F(ObjectApiTest, TheOfficerTrustsAKeyAndOnlyThatOneWrapsWhatAsksForIt) {
  const TestTemplate wraps = TestTemplate().Flag(CKA_TOKEN, true).Flag(CKA_PRIVATE, false);
  const CK_OBJECT_HANDLE wrapping =
      Secret(CKM_AES_KEY_GEN, 32, TestTemplate(wraps).Flag(CKA_WRAP, true));
  const CK_OBJECT_HANDLE key =
      Secret(CKM_AES_KEY_GEN, 32,
             TestTemplate(wraps).Flag(CKA_EXTRACTABLE, true).Flag(CKA_WRAP_WITH_TRUSTED, true));
  CK_MECHANISM how{CKM_AES_KEY_WRAP_KWP, nullptr, 0};
  Bytes wrapped(64);
  CK_ULONG size = wrapped.size();
  EXPECT_EQ(C_WrapKey(session_, &how, wrapping, key, wrapped.data(), &size), CKR_KEY_NOT_WRAPPABLE);
  EXPECT_EQ(Change(wrapping, TestTemplate().Flag(CKA_TRUSTED, true)), CKR_ATTRIBUTE_READ_ONLY);
  const Bytes id = Attribute(wrapping, CKA_UNIQUE_ID);
  const Bytes other = Attribute(key, CKA_UNIQUE_ID);
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  ASSERT_EQ(C_Login(session_, CKU_SO, Text("12345678"), 8), CKR_OK);
  const auto seen = Find(TestTemplate().Add(CKA_UNIQUE_ID, id));
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(Change(seen[0], TestTemplate().Flag(CKA_TRUSTED, true)), CKR_OK);
  ASSERT_EQ(C_Logout(session_), CKR_OK);
  ASSERT_EQ(Login(), CKR_OK);
  EXPECT_EQ(C_WrapKey(session_, &how, Find(TestTemplate().Add(CKA_UNIQUE_ID, id)).at(0),
                      Find(TestTemplate().Add(CKA_UNIQUE_ID, other)).at(0), wrapped.data(), &size),
            CKR_OK);
}

TEST_F(ObjectApiTest, AReadOnlySessionChangesNothingInTheToken) {
  session_ = Open(0);
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  EXPECT_EQ(Create(Note("x").Flag(CKA_TOKEN, true), &object), CKR_SESSION_READ_ONLY);
  EXPECT_EQ(Create(Note("x"), &object), CKR_OK);
}

TEST_F(ObjectApiTest, SensitiveAndExtractableOnlyBecomeStricter) {
  const CK_OBJECT_HANDLE key = Secret(
      CKM_AES_KEY_GEN, 32, TestTemplate().Flag(CKA_SENSITIVE, false).Flag(CKA_EXTRACTABLE, true));
  EXPECT_EQ(Attribute(key, CKA_VALUE).size(), 32u);
  ASSERT_EQ(Change(key, TestTemplate().Flag(CKA_SENSITIVE, true)), CKR_OK);
  EXPECT_TRUE(Attribute(key, CKA_VALUE).empty());
  EXPECT_EQ(Change(key, TestTemplate().Flag(CKA_SENSITIVE, false)), CKR_ATTRIBUTE_READ_ONLY);
  ASSERT_EQ(Change(key, TestTemplate().Flag(CKA_EXTRACTABLE, false)), CKR_OK);
  EXPECT_EQ(Change(key, TestTemplate().Flag(CKA_EXTRACTABLE, true)), CKR_ATTRIBUTE_READ_ONLY);
  EXPECT_EQ(Attribute(key, CKA_ALWAYS_SENSITIVE), Bytes{0});
  EXPECT_EQ(Attribute(key, CKA_NEVER_EXTRACTABLE), Bytes{0});
}

TEST_F(ObjectApiTest, UsesOfAKeyCanBeTakenAwayNotAdded) {
  const CK_OBJECT_HANDLE key = Secret(CKM_AES_KEY_GEN, 16);
  EXPECT_EQ(Change(key, TestTemplate().Flag(CKA_WRAP, true)), CKR_ATTRIBUTE_READ_ONLY);
  ASSERT_EQ(Change(key, TestTemplate().Flag(CKA_ENCRYPT, false)), CKR_OK);
  CK_MECHANISM how{CKM_AES_ECB, nullptr, 0};
  EXPECT_EQ(C_EncryptInit(session_, &how, key), CKR_KEY_FUNCTION_NOT_PERMITTED);
  EXPECT_EQ(C_DecryptInit(session_, &how, key), CKR_OK);
}

TEST_F(ObjectApiTest, WhatMayNotBeModifiedOrDestroyedStays) {
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  ASSERT_EQ(Create(Note("stone").Flag(CKA_MODIFIABLE, false).Flag(CKA_DESTROYABLE, false), &object),
            CKR_OK);
  EXPECT_EQ(Change(object, TestTemplate().Value(CKA_LABEL, "sand")), CKR_ACTION_PROHIBITED);
  EXPECT_EQ(C_DestroyObject(session_, object), CKR_ACTION_PROHIBITED);
}

TEST_F(ObjectApiTest, AChangedLabelIsFoundAndTheOldOneIsNot) {
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  ASSERT_EQ(Create(Note("before").Flag(CKA_TOKEN, true), &object), CKR_OK);
  ASSERT_EQ(Change(object, TestTemplate().Value(CKA_LABEL, "after")), CKR_OK);
  EXPECT_TRUE(Find(TestTemplate().Value(CKA_LABEL, "before")).empty());
  EXPECT_EQ(Find(TestTemplate().Value(CKA_LABEL, "after")), std::vector{object});
}

TEST_F(ObjectApiTest, TemplatesThatAreWrongSaySo) {
  EXPECT_EQ(GenerateAes(TestTemplate()), CKR_TEMPLATE_INCOMPLETE);
  EXPECT_EQ(GenerateAes(TestTemplate().Number(CKA_VALUE_LEN, 17)), CKR_KEY_SIZE_RANGE);
  EXPECT_EQ(GenerateAes(TestTemplate().Number(CKA_VALUE_LEN, 16).Number(CKA_KEY_TYPE, CKK_RSA)),
            CKR_TEMPLATE_INCONSISTENT);
  EXPECT_EQ(GenerateAes(TestTemplate().Number(CKA_VALUE_LEN, 16).Number(CKA_MODULUS_BITS, 1)),
            CKR_ATTRIBUTE_TYPE_INVALID);
  EXPECT_EQ(GenerateAes(TestTemplate().Number(CKA_VALUE_LEN, 16).Flag(CKA_LOCAL, true)),
            CKR_ATTRIBUTE_READ_ONLY);
  EXPECT_EQ(GenerateAes(TestTemplate().Number(CKA_VALUE_LEN, 16).Value(CKA_TOKEN, "yes")),
            CKR_ATTRIBUTE_VALUE_INVALID);
  EXPECT_EQ(
      GenerateAes(
          TestTemplate().Number(CKA_VALUE_LEN, 16).Value(CKA_LABEL, "a").Value(CKA_LABEL, "b")),
      CKR_TEMPLATE_INCONSISTENT);
  EXPECT_EQ(GenerateAes(TestTemplate().Number(CKA_VALUE_LEN, 16).Flag(CKA_TRUSTED, true)),
            CKR_ATTRIBUTE_READ_ONLY);
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  EXPECT_EQ(Create(TestTemplate().Value(CKA_LABEL, "x"), &object), CKR_TEMPLATE_INCOMPLETE);
  EXPECT_EQ(
      Create(
          TestTemplate().Number(CKA_CLASS, CKO_CERTIFICATE).Number(CKA_CERTIFICATE_TYPE, CKC_X_509),
          &object),
      CKR_TEMPLATE_INCOMPLETE);
  EXPECT_EQ(Create(TestTemplate().Number(CKA_CLASS, CKO_MECHANISM), &object),
            CKR_ATTRIBUTE_VALUE_INVALID);
}

TEST_F(ObjectApiTest, AttributesAreReadInTwoCallsAndEachOneTellsItsOwnTrouble) {
  const CK_OBJECT_HANDLE key = Secret(CKM_AES_KEY_GEN, 32, TestTemplate().Value(CKA_LABEL, "four"));
  std::array<char, 2> small{};
  std::array<CK_ATTRIBUTE, 4> wanted = {{{CKA_LABEL, nullptr, 0},
                                         {CKA_VALUE, nullptr, 0},
                                         {CKA_MODULUS, nullptr, 0},
                                         {CKA_LABEL, small.data(), small.size()}}};
  EXPECT_EQ(C_GetAttributeValue(session_, key, wanted.data(), 4), CKR_ATTRIBUTE_SENSITIVE);
  EXPECT_EQ(wanted[0].ulValueLen, 4u);
  EXPECT_EQ(wanted[1].ulValueLen, CK_UNAVAILABLE_INFORMATION);
  EXPECT_EQ(wanted[2].ulValueLen, CK_UNAVAILABLE_INFORMATION);
  EXPECT_EQ(wanted[3].ulValueLen, CK_UNAVAILABLE_INFORMATION);
  EXPECT_EQ(C_GetAttributeValue(session_, key, &wanted[2], 1), CKR_ATTRIBUTE_TYPE_INVALID);
  EXPECT_EQ(C_GetAttributeValue(session_, key, &wanted[3], 1), CKR_BUFFER_TOO_SMALL);
}

TEST_F(ObjectApiTest, ASearchIsOneAtATimeAndComesInPieces) {
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  for (int i = 0; i < 5; ++i) ASSERT_EQ(Create(Note("same"), &object), CKR_OK);
  TestTemplate wanted;
  wanted.Value(CKA_LABEL, "same");
  ASSERT_EQ(C_FindObjectsInit(session_, wanted.data(), wanted.size()), CKR_OK);
  EXPECT_EQ(C_FindObjectsInit(session_, nullptr, 0), CKR_OPERATION_ACTIVE);
  std::array<CK_OBJECT_HANDLE, 3> found{};
  CK_ULONG count = 0;
  ASSERT_EQ(C_FindObjects(session_, found.data(), 3, &count), CKR_OK);
  EXPECT_EQ(count, 3u);
  ASSERT_EQ(C_FindObjects(session_, found.data(), 3, &count), CKR_OK);
  EXPECT_EQ(count, 2u);
  ASSERT_EQ(C_FindObjectsFinal(session_), CKR_OK);
  EXPECT_EQ(C_FindObjects(session_, found.data(), 3, &count), CKR_OPERATION_NOT_INITIALIZED);
}

}  // namespace
}  // namespace vallum::p11
