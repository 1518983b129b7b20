// SPDX-License-Identifier: Apache-2.0
// Message after message under one initialisation, and signatures that come before their messages.
#include "p11/api_testing.h"

namespace vallum::p11 {
namespace {

class MessageApiTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    pair_ = MakePair(CKM_EC_KEY_PAIR_GEN, Curve(kP256));
  }
  CK_RV SignOne(std::string_view message, Bytes& signature) {
    signature.resize(64);
    CK_ULONG size = signature.size();
    return C_SignMessage(session_, nullptr, 0, Text(message), message.size(), signature.data(),
                         &size);
  }
  CK_RV VerifyOne(std::string_view message, const Bytes& signature) {
    return C_VerifyMessage(session_, nullptr, 0, Text(message), message.size(), Data(signature),
                           signature.size());
  }

  Pair pair_;
  CK_MECHANISM how_{CKM_ECDSA_SHA256, nullptr, 0};
};

TEST_F(MessageApiTest, EachMessageGetsASignatureOfItsOwn) {
  ASSERT_EQ(C_MessageSignInit(session_, &how_, pair_.private_key), CKR_OK);
  Bytes one;
  Bytes two;
  ASSERT_EQ(SignOne("one", one), CKR_OK);
  ASSERT_EQ(SignOne("two", two), CKR_OK);
  ASSERT_EQ(C_MessageSignFinal(session_), CKR_OK);
  EXPECT_EQ(SignOne("three", two), CKR_OPERATION_NOT_INITIALIZED);
  ASSERT_EQ(SignOne("three", two), CKR_OPERATION_NOT_INITIALIZED);
  EXPECT_EQ(Verify(how_, pair_.public_key, AsBytes("one"), one), CKR_OK);
  EXPECT_EQ(Verify(how_, pair_.public_key, AsBytes("two"), two), CKR_OK);
}

TEST_F(MessageApiTest, AMessageComesInPieces) {
  ASSERT_EQ(C_MessageSignInit(session_, &how_, pair_.private_key), CKR_OK);
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(C_SignMessageBegin(session_, nullptr, 0), CKR_OK);
    EXPECT_EQ(C_SignMessageBegin(session_, nullptr, 0), CKR_OPERATION_ACTIVE);
    EXPECT_EQ(C_MessageSignFinal(session_), CKR_OPERATION_ACTIVE);
    ASSERT_EQ(C_SignMessageNext(session_, nullptr, 0, Text("on"), 2, nullptr, nullptr), CKR_OK);
    CK_ULONG size = 0;
    ASSERT_EQ(C_SignMessageNext(session_, nullptr, 0, Text("e"), 1, nullptr, &size), CKR_OK);
    Bytes signature(size);
    ASSERT_EQ(C_SignMessageNext(session_, nullptr, 0, Text("e"), 1, signature.data(), &size),
              CKR_OK);
    EXPECT_EQ(Verify(how_, pair_.public_key, AsBytes("one"), signature), CKR_OK) << round;
  }
  EXPECT_EQ(C_SignMessageNext(session_, nullptr, 0, Text("x"), 1, nullptr, nullptr),
            CKR_OPERATION_NOT_INITIALIZED);
  EXPECT_EQ(C_MessageSignFinal(session_), CKR_OK);
}

TEST_F(MessageApiTest, AWrongSignatureDoesNotEndTheVerificationOfOthers) {
  const Bytes signature = Sign(how_, pair_.private_key, AsBytes("one"));
  ASSERT_EQ(C_MessageVerifyInit(session_, &how_, pair_.public_key), CKR_OK);
  EXPECT_EQ(VerifyOne("two", signature), CKR_SIGNATURE_INVALID);
  EXPECT_EQ(VerifyOne("one", signature), CKR_OK);
  ASSERT_EQ(C_VerifyMessageBegin(session_, nullptr, 0), CKR_OK);
  ASSERT_EQ(C_VerifyMessageNext(session_, nullptr, 0, Text("on"), 2, nullptr, 0), CKR_OK);
  EXPECT_EQ(
      C_VerifyMessageNext(session_, nullptr, 0, Text("e"), 1, Data(signature), signature.size()),
      CKR_OK);
  EXPECT_EQ(C_MessageVerifyFinal(session_), CKR_OK);
  EXPECT_EQ(C_MessageVerifyFinal(session_), CKR_OPERATION_NOT_INITIALIZED);
}

TEST_F(MessageApiTest, ParametersOfAMessageAndASecondDirectionAreRefused) {
  ASSERT_EQ(C_MessageSignInit(session_, &how_, pair_.private_key), CKR_OK);
  EXPECT_EQ(C_MessageSignInit(session_, &how_, pair_.private_key), CKR_OPERATION_ACTIVE);
  EXPECT_EQ(C_MessageVerifyInit(session_, &how_, pair_.public_key), CKR_OPERATION_ACTIVE);
  CK_BYTE parameter = 0;
  EXPECT_EQ(C_SignMessageBegin(session_, &parameter, 1), CKR_MECHANISM_PARAM_INVALID);
  ASSERT_EQ(C_SessionCancel(session_, CKF_MESSAGE_SIGN), CKR_OK);
  EXPECT_EQ(C_MessageVerifyInit(session_, &how_, pair_.public_key), CKR_OK);
}

TEST_F(MessageApiTest, ASignatureIsVerifiedBeforeItsMessageIsThere) {
  Bytes signature = Sign(how_, pair_.private_key, AsBytes("message"));
  const auto begin = [&] {
    return C_VerifySignatureInit(session_, &how_, pair_.public_key, signature.data(),
                                 signature.size());
  };
  EXPECT_EQ(C_VerifySignature(session_, Text("message"), 7), CKR_OPERATION_NOT_INITIALIZED);
  ASSERT_EQ(begin(), CKR_OK);
  EXPECT_EQ(begin(), CKR_OPERATION_ACTIVE);
  EXPECT_EQ(C_VerifySignature(session_, Text("message"), 7), CKR_OK);
  ASSERT_EQ(begin(), CKR_OK);
  ASSERT_EQ(C_VerifySignatureUpdate(session_, Text("mess"), 4), CKR_OK);
  ASSERT_EQ(C_VerifySignatureUpdate(session_, Text("age"), 3), CKR_OK);
  EXPECT_EQ(C_VerifySignatureFinal(session_), CKR_OK);
  ASSERT_EQ(begin(), CKR_OK);
  EXPECT_EQ(C_VerifySignature(session_, Text("massage"), 7), CKR_SIGNATURE_INVALID);
  signature[0] ^= 1;
  ASSERT_EQ(begin(), CKR_OK);
  EXPECT_EQ(C_VerifySignature(session_, Text("message"), 7), CKR_SIGNATURE_INVALID);
}

}  // namespace
}  // namespace vallum::p11
