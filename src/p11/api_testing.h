// SPDX-License-Identifier: Apache-2.0
// For tests: the C functions as an application calls them, on a token of its own. What is written against
// this runs against any kind of token.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/test_matchers.h"
#include "p11/cryptoki/cryptoki.h"

namespace vallum::p11 {

inline CK_UTF8CHAR_PTR Text(std::string_view text) {
  return reinterpret_cast<CK_UTF8CHAR_PTR>(const_cast<char*>(text.data()));
}
inline CK_BYTE_PTR Data(ByteSpan bytes) { return const_cast<CK_BYTE_PTR>(bytes.data()); }

/// TestTemplate is a template that owns its values.
class TestTemplate {
 public:
  TestTemplate& Flag(CK_ATTRIBUTE_TYPE type, bool value) {
    return Add(type, {static_cast<std::uint8_t>(value)});
  }
  TestTemplate& Number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    return Add(type, Bytes(bytes, bytes + sizeof(value)));
  }
  TestTemplate& Value(CK_ATTRIBUTE_TYPE type, std::string_view text) {
    return Add(type, ToBytes(AsBytes(text)));
  }
  TestTemplate& Add(CK_ATTRIBUTE_TYPE type, Bytes value) {
    values_.push_back(std::move(value));
    types_.push_back(type);
    return *this;
  }
  CK_ATTRIBUTE_PTR data() {
    attributes_.clear();
    for (std::size_t i = 0; i < types_.size(); ++i) {
      attributes_.push_back({types_[i], values_[i].data(), values_[i].size()});
    }
    return attributes_.data();
  }
  CK_ULONG size() const { return types_.size(); }
  bool Has(CK_ATTRIBUTE_TYPE type) const { return std::ranges::find(types_, type) != types_.end(); }

 private:
  std::vector<CK_ATTRIBUTE_TYPE> types_;
  std::vector<Bytes> values_;
  std::vector<CK_ATTRIBUTE> attributes_;
};

/// TestToken is the kind of token that the tests of a program run against: each program links one.
struct TestToken {
  /// Start makes VALLUM_PKCS11 name a token of its own below `folder`.
  static void Start(const std::filesystem::path& folder);
  /// Initialise comes after C_Initialize and leaves a token "test", user PIN 1234, officer's 12345678.
  static void Initialise();
  static void Stop();
  /// Whether pairs are made in the token unless the test says otherwise; else for the session.
  static const bool kKeepsPairs;
};

/// ApiTest starts with an initialised token and one read-write session with the user logged in.
class ApiTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(TestToken::Start(folder_.path()));
    ASSERT_EQ(C_Initialize(nullptr), CKR_OK);
    ASSERT_NO_FATAL_FAILURE(TestToken::Initialise());
    session_ = Open();
    ASSERT_EQ(Login(), CKR_OK);
  }
  void TearDown() override {
    C_Finalize(nullptr);
    TestToken::Stop();
  }

  static CK_SESSION_HANDLE Open(CK_FLAGS flags = CKF_RW_SESSION) {
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    EXPECT_EQ(C_OpenSession(0, CKF_SERIAL_SESSION | flags, nullptr, nullptr, &session), CKR_OK);
    return session;
  }
  CK_RV Login(std::string_view pin = "1234") {
    return C_Login(session_, CKU_USER, Text(pin), pin.size());
  }

  CK_OBJECT_HANDLE Secret(CK_MECHANISM_TYPE mechanism, CK_ULONG size, TestTemplate extra = {}) {
    extra.Number(CKA_VALUE_LEN, size);
    CK_MECHANISM how{mechanism, nullptr, 0};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    EXPECT_EQ(C_GenerateKey(session_, &how, extra.data(), extra.size(), &key), CKR_OK);
    return key;
  }
  struct Pair {
    CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
  };
  Pair MakePair(CK_MECHANISM_TYPE mechanism, TestTemplate open, TestTemplate secret = {}) {
    CK_MECHANISM how{mechanism, nullptr, 0};
    Pair pair;
    if (TestToken::kKeepsPairs && !secret.Has(CKA_TOKEN)) secret.Flag(CKA_TOKEN, true);
    EXPECT_EQ(C_GenerateKeyPair(session_, &how, open.data(), open.size(), secret.data(),
                                secret.size(), &pair.public_key, &pair.private_key),
              CKR_OK);
    return pair;
  }
  static TestTemplate Curve(std::string_view oid) {
    TestTemplate open;
    open.Value(CKA_EC_PARAMS, oid);
    return open;
  }
  static constexpr std::string_view kP256{"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10};
  static constexpr std::string_view kP384{"\x06\x05\x2b\x81\x04\x00\x22", 7};
  static constexpr std::string_view kEd25519{"\x06\x03\x2b\x65\x70", 5};

  Bytes Attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
    CK_ATTRIBUTE one{type, nullptr, 0};
    if (C_GetAttributeValue(session_, object, &one, 1) != CKR_OK) return {};
    Bytes value(one.ulValueLen);
    one.pValue = value.data();
    EXPECT_EQ(C_GetAttributeValue(session_, object, &one, 1), CKR_OK);
    return value;
  }
  std::vector<CK_OBJECT_HANDLE> Find(TestTemplate wanted) {
    std::vector<CK_OBJECT_HANDLE> found(100);
    CK_ULONG count = 0;
    EXPECT_EQ(C_FindObjectsInit(session_, wanted.data(), wanted.size()), CKR_OK);
    EXPECT_EQ(C_FindObjects(session_, found.data(), found.size(), &count), CKR_OK);
    EXPECT_EQ(C_FindObjectsFinal(session_), CKR_OK);
    found.resize(count);
    return found;
  }
  Bytes Sign(CK_MECHANISM how, CK_OBJECT_HANDLE key, ByteSpan data) {
    EXPECT_EQ(C_SignInit(session_, &how, key), CKR_OK);
    CK_ULONG size = 0;
    EXPECT_EQ(C_Sign(session_, Data(data), data.size(), nullptr, &size), CKR_OK);
    Bytes signature(size);
    EXPECT_EQ(C_Sign(session_, Data(data), data.size(), signature.data(), &size), CKR_OK);
    signature.resize(size);
    return signature;
  }
  CK_RV Verify(CK_MECHANISM how, CK_OBJECT_HANDLE key, ByteSpan data, ByteSpan signature) {
    EXPECT_EQ(C_VerifyInit(session_, &how, key), CKR_OK);
    return C_Verify(session_, Data(data), data.size(), Data(signature), signature.size());
  }

  ScratchFolder folder_;
  CK_SESSION_HANDLE session_ = CK_INVALID_HANDLE;
};

}  // namespace vallum::p11
