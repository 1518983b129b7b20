// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "module/test_module.h"

namespace vallum::module {
namespace {

class EncryptionTest : public ModuleTest {
 protected:
  static KeyRef MakeAes(Algorithm algorithm = Algorithm::kAes256Gcm) {
    KeyRef key = MakeKey(algorithm);
    EXPECT_THAT(module_->GrantInvocations(*key, 0, 100'000), IsOk());
    return key;
  }
};

constexpr std::string_view kMessage = "attack at dawn";
constexpr std::string_view kAad = "context";

TEST_F(EncryptionTest, GcmDecryptsWhatItEncrypted) {
  for (const Algorithm algorithm : {Algorithm::kAes128Gcm, Algorithm::kAes256Gcm}) {
    const KeyRef key = MakeAes(algorithm);
    const auto sealed = module_->Encrypt(*key, AsBytes(kMessage), AsBytes(kAad));
    ASSERT_THAT(sealed, IsOk());
    EXPECT_TRUE(sealed->indicator.approved());
    const Ciphertext& c = sealed->value;
    const auto opened = module_->Decrypt(*key, c.iv, c.data, c.tag, AsBytes(kAad));
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(AsText(opened->value.span()), kMessage);
    EXPECT_TRUE(opened->indicator.approved());
  }
}

TEST_F(EncryptionTest, GcmEncryptsIntoTheCallersMemoryEvenInPlace) {
  const KeyRef key = MakeAes();
  const Bytes message = ToBytes(AsBytes(kMessage));
  Bytes iv(12), tag(16), apart(message.size()), in_place = message;
  for (Bytes* out : {&apart, &in_place}) {
    const ByteSpan plaintext = out == &in_place ? ByteSpan(in_place) : ByteSpan(message);
    const auto made = module_->EncryptInto(*key, plaintext, AsBytes(kAad), iv, *out, tag);
    ASSERT_THAT(made, IsOk());
    EXPECT_TRUE(made->approved());
    const auto opened = module_->Decrypt(*key, iv, *out, tag, AsBytes(kAad));
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(AsText(opened->value.span()), kMessage);
  }
}

TEST_F(EncryptionTest, GcmRefusesRoomOfTheWrongSizeAndCountsNothing) {
  const auto made = module_->GenerateKey({.algorithm = Algorithm::kAes256Gcm}, KeyId(), 1);
  ASSERT_THAT(made, IsOk());
  const KeyRef& key = made->value.key;
  ASSERT_THAT(module_->GrantInvocations(*key, 0, 1), IsOk());
  const ByteSpan message = AsBytes(kMessage);
  Bytes iv(12), tag(16), out(message.size()), more(message.size() + 1);
  EXPECT_THAT(module_->EncryptInto(*key, message, {}, iv, more, tag),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->EncryptInto(*key, message, {}, MutableByteSpan(iv).first(11), out, tag),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->EncryptInto(*key, message, {}, iv, out, MutableByteSpan(tag).first(12)),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->EncryptInto(*key, message, {}, iv, out, tag), IsOk());
  EXPECT_THAT(module_->EncryptInto(*key, message, {}, iv, out, tag),
              IsError(Code::kInvocationLimit));
}

TEST_F(EncryptionTest, GcmTakesAnEmptyMessageAndEmptyAad) {
  const KeyRef key = MakeAes();
  const auto sealed = module_->Encrypt(*key, {}, {});
  ASSERT_THAT(sealed, IsOk());
  const Ciphertext& c = sealed->value;
  EXPECT_THAT(module_->Decrypt(*key, c.iv, c.data, c.tag, {}), IsOk());
  EXPECT_THAT(module_->Decrypt(*key, c.iv, c.data, c.tag, AsBytes("x")),
              IsError(Code::kVerifyFailed));
}

TEST_F(EncryptionTest, GcmNeverRepeatsAnIv) {
  const KeyRef key = MakeAes();
  std::set<std::array<std::uint8_t, 12>> ivs;
  for (int i = 0; i < 5000; ++i) {
    const auto sealed = module_->Encrypt(*key, {}, {});
    ASSERT_THAT(sealed, IsOk());
    EXPECT_TRUE(ivs.insert(sealed->value.iv).second);
  }
}

TEST_F(EncryptionTest, GcmRefusesAnythingAlteredAndLeavesNoOutput) {
  const KeyRef key = MakeAes();
  const auto sealed = module_->Encrypt(*key, AsBytes(kMessage), AsBytes(kAad));
  ASSERT_THAT(sealed, IsOk());
  for (int part = 0; part < 4; ++part) {
    Ciphertext c = sealed->value;
    std::string aad(kAad);
    if (part == 0) c.iv[3] ^= 1;
    if (part == 1) c.data[5] ^= 0x80;
    if (part == 2) c.tag[15] ^= 1;
    if (part == 3) aad[0] ^= 1;
    Bytes out(c.data.size(), 0xAA);
    EXPECT_THAT(module_->DecryptInto(*key, c.iv, c.data, c.tag, AsBytes(aad), out),
                IsError(Code::kVerifyFailed));
    EXPECT_EQ(out, Bytes(out.size(), 0));
  }
}

TEST_F(EncryptionTest, GcmRefusesWrongSizes) {
  const KeyRef key = MakeAes();
  const Bytes eight(8), twelve(12), sixteen(16);
  EXPECT_THAT(module_->Decrypt(*key, eight, eight, sixteen, {}), IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->Decrypt(*key, twelve, eight, eight, {}), IsError(Code::kInvalidArgument));
}

TEST_F(EncryptionTest, GcmStopsAtItsGrant) {
  const KeyRef key = MakeKey(Algorithm::kAes256Gcm);
  EXPECT_THAT(module_->Encrypt(*key, {}, {}), IsError(Code::kInvocationLimit));
  EXPECT_THAT(module_->GrantInvocations(*key, 10, 12), IsOk());
  EXPECT_THAT(module_->Encrypt(*key, {}, {}), IsOk());
  EXPECT_THAT(module_->Encrypt(*key, {}, {}), IsOk());
  EXPECT_THAT(module_->Encrypt(*key, {}, {}), IsError(Code::kInvocationLimit));
  EXPECT_THAT(module_->GrantInvocations(*key, 0, 13), IsOk());
  EXPECT_THAT(module_->Encrypt(*key, {}, {}), IsOk());
  EXPECT_THAT(module_->Encrypt(*key, {}, {}), IsError(Code::kInvocationLimit));
}

TEST_F(EncryptionTest, GcmCapsItsGrantAtTwoToTheThirtyTwo) {
  const KeyRef key = MakeKey(Algorithm::kAes256Gcm);
  EXPECT_THAT(module_->GrantInvocations(*key, (std::uint64_t{1} << 32) - 1, std::uint64_t{1} << 40),
              IsOk());
  EXPECT_THAT(module_->Encrypt(*key, {}, {}), IsOk());
  EXPECT_THAT(module_->Encrypt(*key, {}, {}), IsError(Code::kInvocationLimit));
}

TEST_F(EncryptionTest, OaepDecryptsWhatItEncrypted) {
  const KeyRef key = MakeKey(Algorithm::kRsa2048);
  for (const Scheme scheme : SchemesOf(Algorithm::kRsa2048, Operation::kEncrypt)) {
    const auto sealed = module_->EncryptOaep(*key, scheme, AsBytes(kMessage));
    ASSERT_THAT(sealed, IsOk()) << Name(scheme);
    EXPECT_TRUE(sealed->indicator.approved());
    const auto opened = module_->DecryptOaep(*key, scheme, sealed->value);
    ASSERT_THAT(opened, IsOk()) << Name(scheme);
    EXPECT_EQ(AsText(opened->value.span()), kMessage);
  }
}

TEST_F(EncryptionTest, OaepRefusesAlteredOtherSchemeAndTooLong) {
  const KeyRef key = MakeKey(Algorithm::kRsa2048);
  auto sealed = module_->EncryptOaep(*key, Scheme::kRsaOaepSha256, AsBytes(kMessage));
  ASSERT_THAT(sealed, IsOk());
  EXPECT_THAT(module_->DecryptOaep(*key, Scheme::kRsaOaepSha384, sealed->value),
              IsError(Code::kVerifyFailed));
  sealed->value[7] ^= 1;
  EXPECT_THAT(module_->DecryptOaep(*key, Scheme::kRsaOaepSha256, sealed->value),
              IsError(Code::kVerifyFailed));
  EXPECT_THAT(module_->EncryptOaep(*key, Scheme::kRsaOaepSha512, Bytes(127)),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->EncryptOaep(*key, Scheme::kRsaOaepSha512, Bytes(126)), IsOk());
}

TEST_F(EncryptionTest, KeyOfAnotherFamilyIsUnsupported) {
  const KeyRef hmac = MakeKey(Algorithm::kHmacSha256);
  EXPECT_THAT(module_->Encrypt(*hmac, {}, {}), IsError(Code::kUnsupported));
  const KeyRef aes = MakeAes();
  EXPECT_THAT(module_->EncryptOaep(*aes, Scheme::kRsaOaepSha256, {}), IsError(Code::kUnsupported));
  const KeyRef rsa = MakeKey(Algorithm::kRsa2048);
  EXPECT_THAT(module_->EncryptOaep(*rsa, Scheme::kRsaPssSha256, {}), IsError(Code::kUnsupported));
}

TEST_F(EncryptionTest, UsageIsEnforced) {
  const KeyRef key = MakeKey(Algorithm::kAes256Gcm, Usage::kDecrypt);
  EXPECT_THAT(module_->GrantInvocations(*key, 0, 10), IsOk());
  EXPECT_THAT(module_->Encrypt(*key, {}, {}), IsError(Code::kKeyUsage));
}

}  // namespace
}  // namespace vallum::module
