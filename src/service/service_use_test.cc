// SPDX-License-Identifier: Apache-2.0
// Keys in use: encryption, signatures, MACs, wrapping, encapsulation, and batches of them.
#include "service/ciphertext.h"
#include "service/service_test_support.h"

namespace vallum::service {
namespace {

using module::Algorithm;
using module::Scheme;
using PlaintextItem = Service::PlaintextItem;
using CiphertextItem = Service::CiphertextItem;
using VerifyItem = Service::VerifyItem;

class ServiceUseTest : public ServiceFixture {
 protected:
  Result<Service::Batch<Service::Verified>> Verify(const std::string& key, std::string_view text,
                                                   const Bytes& signature) {
    const VerifyItem item{{AsBytes(text)}, signature};
    return service_->Verify(Admin(), {key}, Scheme::kDefault, {&item, 1});
  }
};

TEST_F(ServiceUseTest, WhatWasEncryptedIsDecryptedAndBothAreRecorded) {
  const KeyInfo key = MakeKey("a", Algorithm::kAes256Gcm);
  const auto sealed = EncryptOne("a", "attack at dawn", "context");
  ASSERT_THAT(sealed, IsOk());
  EXPECT_EQ(ParseCiphertext(sealed->ciphertext)->header.key, key.id);
  EXPECT_EQ(DecryptOne("a", sealed->ciphertext, "context"), "attack at dawn");
  const audit::Record record = LastRecord();
  EXPECT_EQ(record.operation, "decrypt");
  EXPECT_EQ(record.key_version, 1u);
  EXPECT_EQ(record.outcome, "ok");
  EXPECT_EQ(record.approval, "approved");
}

TEST_F(ServiceUseTest, BothGcmSizesAndAnEmptyPlaintextWork) {
  for (const Algorithm algorithm :
       {Algorithm::kAes128Gcm, Algorithm::kAes192Gcm, Algorithm::kAes256Gcm}) {
    const std::string name(module::Name(algorithm));
    MakeKey(name, algorithm);
    EXPECT_EQ(DecryptOne(name, EncryptOne(name, "")->ciphertext), "");
  }
}

TEST_F(ServiceUseTest, AnyChangedByteIsRefused) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const Bytes good = EncryptOne("a", "secret", "aad")->ciphertext;
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 1;
    EXPECT_FALSE(DecryptOne("a", bad, "aad")) << "byte " << i;
  }
  EXPECT_THAT(DecryptOne("a", good, "other"), IsError(Code::kVerifyFailed));
  EXPECT_EQ(LastRecord().outcome, "verify_failed");
}

TEST_F(ServiceUseTest, AHeaderEditedToAnotherVersionOfTheSameKeyIsRefused) {
  MakeKey("a", Algorithm::kAes256Gcm);
  Bytes sealed = EncryptOne("a", "x")->ciphertext;
  ASSERT_THAT(service_->RotateKey(Admin(), "a"), IsOk());
  sealed[kCiphertextHeaderSize - 1] = 2;
  EXPECT_THAT(DecryptOne("a", sealed), IsError(Code::kVerifyFailed));
  sealed[kCiphertextHeaderSize - 1] = 3;
  EXPECT_THAT(DecryptOne("a", sealed), IsError(Code::kNotFound));
}

TEST_F(ServiceUseTest, ACiphertextOfAnotherKeyIsRefused) {
  MakeKey("a", Algorithm::kAes256Gcm);
  MakeKey("b", Algorithm::kAes256Gcm);
  EXPECT_THAT(DecryptOne("b", EncryptOne("a", "x")->ciphertext), IsError(Code::kInvalidArgument));
}

TEST_F(ServiceUseTest, SizesAreBounded) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const std::string most(65'536, 'x');
  const auto sealed = EncryptOne("a", most);
  ASSERT_THAT(sealed, IsOk());
  EXPECT_EQ(DecryptOne("a", sealed->ciphertext), most);
  EXPECT_THAT(EncryptOne("a", most + "x"), IsError(Code::kResourceExhausted));
  EXPECT_THAT(EncryptOne("a", "x", most + "x"), IsError(Code::kResourceExhausted));
}

TEST_F(ServiceUseTest, ABatchAnswersEveryItemByItselfInOneRecord) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const std::string large(65'537, 'x');
  const std::vector<PlaintextItem> items = {
      {AsBytes("one"), {}}, {AsBytes(large), {}}, {AsBytes("three"), {}}};
  const std::size_t before = Records().size();
  const auto batch = service_->Encrypt(Admin(), {"a"}, items);
  ASSERT_THAT(batch, IsOk());
  ASSERT_EQ(batch->size(), 3u);
  EXPECT_THAT((*batch)[0], IsOk());
  EXPECT_THAT((*batch)[1], IsError(Code::kResourceExhausted));
  EXPECT_EQ(DecryptOne("a", (*batch)[2]->value.ciphertext), "three");
  const auto records = Records();
  const audit::Record& record = records.at(records.size() - 2);
  EXPECT_EQ(record.operation, "encrypt");
  EXPECT_EQ(record.count, 3u);
  EXPECT_EQ(record.outcome, "resource_exhausted");
  EXPECT_EQ(record.detail, "1 of 3 failed");
  EXPECT_EQ(record.approval, "approved");
  EXPECT_GE(records.size(), before + 2);
}

TEST_F(ServiceUseTest, EmptyAndTooLargeBatchesAreRefused) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const std::vector<PlaintextItem> many(257);
  EXPECT_THAT(service_->Encrypt(Admin(), {"a"}, many), IsError(Code::kInvalidArgument));
  EXPECT_THAT(service_->Encrypt(Admin(), {"a"}, {}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(service_->Decrypt(Admin(), "a", {}), IsError(Code::kInvalidArgument));
}

TEST_F(ServiceUseTest, RsaEncryptsThroughTheSameCalls) {
  MakeKey("rsa", Algorithm::kRsa2048);
  const auto sealed = EncryptOne("rsa", "short");
  ASSERT_THAT(sealed, IsOk());
  EXPECT_EQ(sealed->ciphertext.size(), 24u + 256u);
  EXPECT_EQ(DecryptOne("rsa", sealed->ciphertext), "short");
  EXPECT_THAT(EncryptOne("rsa", "short", "aad"), IsError(Code::kInvalidArgument));
  EXPECT_THAT(DecryptOne("rsa", sealed->ciphertext, "aad"), IsError(Code::kInvalidArgument));
  EXPECT_FALSE(EncryptOne("rsa", std::string(300, 'x')));
  Bytes bad = sealed->ciphertext;
  bad.back() ^= 1;
  EXPECT_FALSE(DecryptOne("rsa", bad));
}

TEST_F(ServiceUseTest, ADataKeyComesInBothFormsOfTheSameKey) {
  MakeKey("a", Algorithm::kAes256Gcm);
  const auto key = service_->GenerateDataKey(Admin(), {"a"}, AsBytes("file 7"));
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(key->value.plaintext.size(), 32u);
  EXPECT_EQ(DecryptOne("a", key->value.ciphertext, "file 7"),
            std::string(AsText(key->value.plaintext.span())));
  EXPECT_FALSE(DecryptOne("a", key->value.ciphertext));
}

TEST_F(ServiceUseTest, AKeyDoesOnlyWhatItWasMadeFor) {
  MakeKey("aes", Algorithm::kAes256Gcm);
  MakeKey("ec", Algorithm::kEcP256);
  EXPECT_THAT(SignOne(Admin(), "aes", "x"), IsError(Code::kKeyUsage));
  EXPECT_THAT(EncryptOne("ec", "x"), IsError(Code::kKeyUsage));
  EXPECT_THAT(DecryptOne("ec", Bytes(60, 0)), IsError(Code::kKeyUsage));
  EXPECT_THAT(service_->GenerateDataKey(Admin(), {"ec"}, {}), IsError(Code::kKeyUsage));
  EXPECT_THAT(service_->Encapsulate(Admin(), {"ec"}), IsError(Code::kKeyUsage));
  EXPECT_THAT(service_->Wrap(Admin(), {"aes"}, {"ec"}), IsError(Code::kKeyUsage));
  EXPECT_EQ(LastRecord().outcome, "key_usage");
}

class SigningTest : public ServiceUseTest, public ::testing::WithParamInterface<Algorithm> {};

TEST_P(SigningTest, ASignatureVerifiesAndAnotherMessageDoesNot) {
  MakeKey("k", GetParam());
  const auto made = SignOne(Admin(), "k", "message");
  ASSERT_THAT(made, IsOk());
  EXPECT_NE(made->scheme, Scheme::kDefault);
  EXPECT_EQ(LastRecord().scheme, module::Name(made->scheme));
  EXPECT_THAT(Verify("k", "message", made->signature)->front(), IsOk());
  EXPECT_THAT(Verify("k", "massage", made->signature)->front(), IsError(Code::kVerifyFailed));
  EXPECT_EQ(LastRecord().outcome, "verify_failed");
}

INSTANTIATE_TEST_SUITE_P(Algorithms, SigningTest,
                         ::testing::Values(Algorithm::kEcP256, Algorithm::kEcP384,
                                           Algorithm::kEcP521, Algorithm::kEd25519,
                                           Algorithm::kMlDsa44, Algorithm::kMlDsa65,
                                           Algorithm::kMlDsa87, Algorithm::kRsa2048,
                                           Algorithm::kSlhDsaSha2_128f),
                         [](const auto& param) {
                           std::string name(module::Name(param.param));
                           std::erase(name, '-');
                           return name;
                         });

TEST_F(ServiceUseTest, OnlyKeysThatAreLoadedAndQuickSignWhereConnectionsAreServed) {
  MakeKey("quick", Algorithm::kEcP256);
  MakeKey("long", Algorithm::kSlhDsaSha2_128f);
  EXPECT_TRUE(service_->SignsForLong("quick")) << "it is not loaded yet";
  ASSERT_THAT(SignOne(Admin(), "quick", "x"), IsOk());
  ASSERT_THAT(SignOne(Admin(), "long", "x"), IsOk());
  EXPECT_FALSE(service_->SignsForLong("quick"));
  EXPECT_TRUE(service_->SignsForLong("long"));
  EXPECT_TRUE(service_->SignsForLong("no such key"));
}

TEST_F(ServiceUseTest, ADigestIsSignedLikeItsMessage) {
  MakeKey("k", Algorithm::kEcP256);
  const auto digest = *TheModule().Sha256({AsBytes("message")});
  const SignInput input{digest, true};
  const auto made = service_->Sign(Admin(), {"k"}, Scheme::kEcdsaSha256, {&input, 1});
  ASSERT_THAT(made, IsOk());
  ASSERT_THAT(made->front(), IsOk());
  const VerifyItem item{{AsBytes("message")}, made->front()->value.signature};
  EXPECT_THAT(service_->Verify(Admin(), {"k"}, Scheme::kEcdsaSha256, {&item, 1})->front(), IsOk());
}

TEST_F(ServiceUseTest, ASchemeOfAnotherAlgorithmIsRefused) {
  MakeKey("k", Algorithm::kEcP256);
  const SignInput input{AsBytes("message")};
  const auto made = service_->Sign(Admin(), {"k"}, Scheme::kRsaPssSha256, {&input, 1});
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(made->front(), IsError(Code::kUnsupported));
}

TEST_F(ServiceUseTest, ADeactivatedKeyVerifiesButDoesNotSign) {
  MakeKey("k", Algorithm::kEcP256);
  const Bytes signature = SignOne(Admin(), "k", "m")->signature;
  ASSERT_THAT(service_->SetKeyState(Admin(), {"k", 1}, KeyState::kDeactivated), IsOk());
  EXPECT_THAT(Verify("k", "m", signature)->front(), IsOk());
  EXPECT_THAT(SignOne(Admin(), "k", "m"), IsError(Code::kKeyState));
}

TEST_F(ServiceUseTest, AMacVerifiesAndAnotherDoesNot) {
  MakeKey("m", Algorithm::kHmacSha256);
  const ByteSpan message = AsBytes("message");
  const auto made = service_->Mac(Admin(), {"m"}, {&message, 1});
  ASSERT_THAT(made, IsOk());
  const Bytes mac = made->front()->value.signature;
  EXPECT_EQ(mac.size(), 32u);
  const std::vector<VerifyItem> items = {
      {{message}, mac}, {{AsBytes("massage")}, mac}, {{message, true}, mac}};
  const auto verified = service_->VerifyMac(Admin(), {"m"}, items);
  ASSERT_THAT(verified, IsOk());
  EXPECT_THAT((*verified)[0], IsOk());
  EXPECT_THAT((*verified)[1], IsError(Code::kVerifyFailed));
  EXPECT_THAT((*verified)[2], IsError(Code::kInvalidArgument));
}

TEST_F(ServiceUseTest, AWrappedKeyIsImportedAndWorksTheSame) {
  MakeKey("kek", Algorithm::kAes256Kwp);
  MakeKey("a", Algorithm::kHmacSha256, true);
  const auto wrapped = service_->Wrap(Admin(), {"kek"}, {"a"});
  ASSERT_THAT(wrapped, IsOk());
  EXPECT_EQ(LastRecord().detail, "wrapped a/1");
  ImportKeyRequest request;
  request.key.name = "b";
  request.key.algorithm = Algorithm::kHmacSha256;
  request.wrapping_key = "kek";
  request.wrapped = wrapped->value.wrapped;
  const auto imported = service_->ImportKey(Admin(), request);
  ASSERT_THAT(imported, IsOk());
  EXPECT_EQ(imported->value.origin, module::Origin::kImportedWrapped);
  EXPECT_EQ(LastRecord().detail, "wrapped under kek/1");
  const ByteSpan message = AsBytes("m");
  EXPECT_EQ(service_->Mac(Admin(), {"a"}, {&message, 1})->front()->value.signature,
            service_->Mac(Admin(), {"b"}, {&message, 1})->front()->value.signature);
  EXPECT_THAT(service_->RotateKey(Admin(), "b"), IsOk());
  EXPECT_THAT(service_->Mac(Admin(), {"b"}, {&message, 1})->front(), IsOk());
}

TEST_F(ServiceUseTest, AnImportThatCannotBeIsRefused) {
  MakeKey("kek", Algorithm::kAes256Kwp);
  ImportKeyRequest request;
  request.key.name = "b";
  request.key.algorithm = Algorithm::kHmacSha256;
  request.wrapping_key = "kek";
  request.wrapped = Bytes(40, 7);
  EXPECT_FALSE(service_->ImportKey(Admin(), request));
  request.wrapping_key = "none";
  EXPECT_THAT(service_->ImportKey(Admin(), request), IsError(Code::kNotFound));
  request.wrapping_key = "kek";
  request.key.name = "kek";
  EXPECT_THAT(service_->ImportKey(Admin(), request), IsError(Code::kAlreadyExists));
  EXPECT_THAT(service_->ShowKey(Admin(), "b"), IsError(Code::kNotFound));
}

TEST_F(ServiceUseTest, AKeyThatIsNotExtractableIsNotWrapped) {
  MakeKey("kek", Algorithm::kAes256Kwp);
  MakeKey("a", Algorithm::kHmacSha256);
  EXPECT_THAT(service_->Wrap(Admin(), {"kek"}, {"a"}), IsError(Code::kNotExportable));
  EXPECT_THAT(service_->Wrap(Admin(), {"kek"}, {"none"}), IsError(Code::kNotFound));
}

TEST_F(ServiceUseTest, ACompromisedKeyIsNotWrapped) {
  MakeKey("kek", Algorithm::kAes256Kwp);
  MakeKey("a", Algorithm::kHmacSha256, true);
  ASSERT_THAT(service_->SetKeyState(Admin(), {"a"}, KeyState::kCompromised), IsOk());
  EXPECT_THAT(service_->Wrap(Admin(), {"kek"}, {"a"}), IsError(Code::kKeyState));
}

TEST_F(ServiceUseTest, AnEncapsulatedSecretComesBack) {
  MakeKey("kem", Algorithm::kMlKem768);
  const auto made = service_->Encapsulate(Admin(), {"kem"});
  ASSERT_THAT(made, IsOk());
  const auto secret = service_->Decapsulate(Admin(), {"kem"}, made->value.ciphertext);
  ASSERT_THAT(secret, IsOk());
  EXPECT_TRUE(secret->value == made->value.shared_secret);
  EXPECT_FALSE(service_->Decapsulate(Admin(), {"kem"}, Bytes(7, 7)));
}

TEST_F(ServiceUseTest, AUsedKeyIsNotReadFromTheStoreAgain) {
  MakeKey("k", Algorithm::kEcP256);
  ASSERT_THAT(SignOne(Admin(), "k", "m"), IsOk());
  const int reads = store_->reads;
  ASSERT_THAT(SignOne(Admin(), "k", "m"), IsOk());
  EXPECT_EQ(store_->reads, reads);
}

}  // namespace
}  // namespace vallum::service
