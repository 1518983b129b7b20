// SPDX-License-Identifier: Apache-2.0
// Known answers from others, and what the services of src/module cannot reach.
#include "ossl/aead.h"
#include "ossl/indicator.h"
#include "ossl/keywrap.h"
#include "ossl/mac.h"
#include "ossl/pkey.h"
#include "ossl/random.h"
#include "ossl/signature.h"
#include "ossl/test_context.h"

namespace vallum::ossl {
namespace {

Bytes Hex(std::string_view text) { return FromHex(text).value(); }

// The Galois/Counter Mode of Operation (McGrew, Viega), test case 16.
TEST(AeadTest, DecryptsTheGcmPapersTestCase16) {
  const auto key = GcmKey::Create(
      TestContext(), Hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  ASSERT_THAT(key, IsOk());
  const Bytes ciphertext =
      Hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662");
  Bytes plaintext(ciphertext.size());
  ASSERT_THAT((*key)->Decrypt(Hex("cafebabefacedbaddecaf888"), ciphertext,
                              Hex("76fc6ece0f4e1768cddf8853bb2d551b"),
                              Hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), plaintext),
              IsOk());
  EXPECT_EQ(ToHex(plaintext),
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
}

TEST(AeadTest, ProviderConfirmsThatItMadeTheIv) {
  const auto key = GcmKey::Create(TestContext(), Bytes(16, 7));
  ASSERT_THAT(key, IsOk());
  const IndicatorWatch watch;
  Bytes out(3), first(kGcmIvSize), second(kGcmIvSize), tag(kGcmTagSize);
  ASSERT_THAT((*key)->Encrypt(AsBytes("abc"), {}, {first, out, tag}), IsOk());
  ASSERT_THAT((*key)->Encrypt(AsBytes("abc"), {}, {second, out, tag}), IsOk());
  EXPECT_NE(first, second);
  EXPECT_FALSE(watch.objected());
}

TEST(AeadTest, OtherKeySizesAreRefused) {
  for (const std::size_t size : {0u, 15u, 17u, 33u, 64u}) {
    EXPECT_THAT(GcmKey::Create(TestContext(), Bytes(size)), IsError(Code::kInvalidArgument));
  }
}

TEST(KeywrapTest, WrapsEverySizeBackAndForth) {
  const auto key = CipherKey::Create(TestContext(), Mode::kKwp, Bytes(32, 0x11));
  ASSERT_THAT(key, IsOk());
  for (std::size_t size = 1; size <= 40; ++size) {
    const Bytes material(size, 0xA5);
    const auto wrapped = Wrap(**key, Mode::kKwp, material);
    ASSERT_THAT(wrapped, IsOk()) << size;
    EXPECT_EQ(wrapped->size(), (size + 7) / 8 * 8 + 8);
    const auto back = Unwrap(**key, Mode::kKwp, *wrapped);
    ASSERT_THAT(back, IsOk()) << size;
    EXPECT_EQ(ToBytes(back->span()), material);
  }
  EXPECT_THAT(Wrap(**key, Mode::kKwp, {}), IsError(Code::kInvalidArgument));
}

// RFC 8032, 7.1, test 2 (PKCS#8 form of RFC 8410).
TEST(SignatureTest, Ed25519MatchesRfc8032) {
  const auto key = KeyPair::FromForeignPkcs8(
      TestContext(), {"ED25519", nullptr, 0},
      Hex("302e020100300506032b6570042204204ccd089b28ff96da9db6c346ec114e0f"
          "5b8a319f35aba624da8cf6ed4fb8a6fb"));
  ASSERT_THAT(key, IsOk());
  const auto signature = SignMessage(**key, {}, Hex("72"));
  ASSERT_THAT(signature, IsOk());
  EXPECT_EQ(ToHex(*signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(MacTest, ShortKeyIsRefusedOrFlaggedAsTheContextSays) {
  EXPECT_FALSE(MacKey::CreateHmac(TestContext(), Hash::kSha256, Bytes(13, 1)).has_value());
  EXPECT_THAT(MacKey::CreateHmac(TestContext(), Hash::kSha256, Bytes(14, 1)), IsOk());
  LoadOptions options = TestOptions();
  options.weak_input = WeakInput::kFlag;
  const auto lax = LibraryContext::Load(options);
  ASSERT_THAT(lax, IsOk());
  const IndicatorWatch watch;
  EXPECT_THAT(MacKey::CreateHmac(*lax, Hash::kSha256, Bytes(13, 1)), IsOk());
  EXPECT_TRUE(watch.objected());
}

TEST(PkeyTest, TrailingBytesAndOtherTypesAreRefused) {
  const auto made = KeyPair::Generate(TestContext(), {"EC", "P-256", 0});
  ASSERT_THAT(made, IsOk());
  const auto der = (*made)->ToPkcs8();
  ASSERT_THAT(der, IsOk());
  Bytes longer = ToBytes(der->span());
  longer.push_back(0);
  const ContextRef& context = TestContext();
  EXPECT_THAT(KeyPair::FromPkcs8(context, {"EC", "P-256", 0}, longer),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(KeyPair::FromPkcs8(context, {"EC", "P-384", 0}, der->span()),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(KeyPair::FromPkcs8(context, {"RSA", nullptr, 2048}, der->span()),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(KeyPair::FromPkcs8(context, {"EC", "P-256", 0}, {}), IsError(Code::kInvalidArgument));
}

TEST(PkeyTest, HalvesThatDoNotBelongTogetherAreRefused) {
  const auto made = KeyPair::Generate(TestContext(), {"EC", "P-256", 0});
  ASSERT_THAT(made, IsOk());
  const auto der = (*made)->ToPkcs8();
  ASSERT_THAT(der, IsOk());
  Bytes mixed = ToBytes(der->span());
  mixed[40] ^= 1;  // inside the private scalar
  EXPECT_THAT(KeyPair::FromForeignPkcs8(TestContext(), {"EC", "P-256", 0}, mixed),
              IsError(Code::kInvalidArgument));
}

TEST(IndicatorTest, WatchesNestAndDoNotLeakBackwards) {
  const IndicatorWatch outer;
  {
    const IndicatorWatch inner;
    EXPECT_FALSE(inner.objected());
    ReportObjection();
    EXPECT_TRUE(inner.objected());
  }
  EXPECT_TRUE(outer.objected());
  const IndicatorWatch next;
  EXPECT_FALSE(next.objected());
}

}  // namespace
}  // namespace vallum::ossl
