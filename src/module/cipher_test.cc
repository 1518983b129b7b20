// SPDX-License-Identifier: Apache-2.0
// Encryption in any mode. That the modes compute what the standards say is shown in src/ossl.
#include <rapidcheck.h>

#include <map>
#include <set>

#include "module/cipher_rules.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

constexpr std::string_view kMessage = "sixteen bytes :)and sixteen more";
constexpr std::uint32_t Bit(Reason reason) { return static_cast<std::uint32_t>(reason); }

struct Offer {
  Algorithm algorithm;
  Scheme scheme;
};

// Every pair of an AES key and an encryption scheme that the table has.
std::vector<Offer> Offers() {
  std::vector<Offer> offers;
  for (const Algorithm algorithm : Algorithms()) {
    for (const Scheme scheme : SchemesOf(algorithm, Operation::kEncrypt)) {
      if (FindCipherRules(scheme) != nullptr) offers.push_back({algorithm, scheme});
    }
  }
  return offers;
}

class CipherTest : public ModuleTest {
 protected:
  static KeyRef MakeAes(Algorithm algorithm) {
    KeyRef key = MakeKey(algorithm);
    EXPECT_THAT(module_->GrantInvocations(*key, 0, 1'000'000), IsOk());
    return key;
  }

  static Result<Approved<Encrypted>> Seal(Key& key, Scheme scheme, ByteSpan plaintext,
                                          ByteSpan aad = {}) {
    const Bytes tweak(scheme == Scheme::kAesXts ? 16 : 0, 7);
    return module_->EncryptWith(key, {.scheme = scheme, .iv = tweak, .aad = aad}, plaintext);
  }

  static Result<Approved<SecretBytes>> Open(Key& key, Scheme scheme, const Encrypted& sealed,
                                            ByteSpan aad = {}) {
    return module_->DecryptWith(key, {.scheme = scheme, .iv = sealed.iv, .aad = aad}, sealed.data,
                                sealed.tag);
  }
};

// Requirement: ind-allow
TEST_F(CipherTest, EveryOfferDecryptsWhatItEncryptedAndIsApproved) {
  const std::vector<Offer> offers = Offers();
  EXPECT_EQ(offers.size(), 3u * (1 + 2 + 1 + 1 + 6) + 2u);
  for (const auto& [algorithm, scheme] : offers) {
    SCOPED_TRACE(std::string(Name(algorithm)) + " " + std::string(Name(scheme)));
    const KeyRef key = MakeAes(algorithm);
    const auto sealed = Seal(*key, scheme, AsBytes(kMessage));
    ASSERT_THAT(sealed, IsOk());
    EXPECT_TRUE(sealed->indicator.approved());
    EXPECT_NE(AsText(sealed->value.data), kMessage);
    const auto opened = Open(*key, scheme, sealed->value);
    ASSERT_THAT(opened, IsOk());
    EXPECT_TRUE(opened->indicator.approved());
    EXPECT_EQ(AsText(opened->value.span()), kMessage);
  }
}

TEST_F(CipherTest, AnyMessageComesBack) {
  const std::vector<Offer> offers = Offers();
  std::map<Algorithm, KeyRef> keys;
  for (const Offer& offer : offers) keys.try_emplace(offer.algorithm, MakeAes(offer.algorithm));
  EXPECT_TRUE(rc::check("decryption undoes encryption", [&] {
    const Offer offer = *rc::gen::elementOf(offers);
    const CipherRules& rules = *FindCipherRules(offer.scheme);
    auto message = *rc::gen::arbitrary<Bytes>();
    const auto aad = rules.least_tag != 0 ? *rc::gen::arbitrary<Bytes>() : Bytes();
    message.resize(
        std::max<std::size_t>(message.size() / rules.unit * rules.unit, rules.least_data));
    Key& key = *keys.at(offer.algorithm);
    const auto sealed = Seal(key, offer.scheme, message, aad);
    RC_ASSERT(sealed.has_value());
    const auto opened = Open(key, offer.scheme, sealed->value, aad);
    RC_ASSERT(opened.has_value());
    RC_ASSERT(ToBytes(opened->value.span()) == message);
  }));
}

TEST_F(CipherTest, ModuleMadeIvsDiffer) {
  for (const Scheme scheme : {Scheme::kAesGcm, Scheme::kAesCcm, Scheme::kAesCbc, Scheme::kAesCtr}) {
    const KeyRef key = MakeAes(Algorithm::kAes256);
    std::set<Bytes> ivs;
    for (int i = 0; i < 100; ++i) {
      const auto sealed = Seal(*key, scheme, AsBytes(kMessage));
      ASSERT_THAT(sealed, IsOk());
      EXPECT_TRUE(ivs.insert(sealed->value.iv).second) << Name(scheme);
    }
  }
}

TEST_F(CipherTest, CtrStartsItsCounterAtZeroBehindARandomNonce) {
  const KeyRef key = MakeAes(Algorithm::kAes128Ctr);
  const auto sealed = Seal(*key, Scheme::kAesCtr, AsBytes(kMessage));
  ASSERT_THAT(sealed, IsOk());
  EXPECT_EQ(Bytes(sealed->value.iv.begin() + 12, sealed->value.iv.end()), Bytes(4, 0));
}

TEST_F(CipherTest, CallersIvIsTakenForEveryModeButGcm) {
  const KeyRef key = MakeAes(Algorithm::kAes192);
  const Bytes sixteen(16, 1), twelve(12, 1);
  for (const Scheme scheme : {Scheme::kAesCbc, Scheme::kAesCbcPad, Scheme::kAesCtr}) {
    const auto sealed =
        module_->EncryptWith(*key, {.scheme = scheme, .iv = sixteen}, AsBytes(kMessage));
    ASSERT_THAT(sealed, IsOk()) << Name(scheme);
    EXPECT_TRUE(sealed->indicator.approved());
    EXPECT_EQ(sealed->value.iv, sixteen);
  }
  EXPECT_THAT(module_->EncryptWith(*key, {.scheme = Scheme::kAesCcm, .iv = twelve}, {}), IsOk());
  // Requirement: ind-deny
  EXPECT_THAT(module_->EncryptWith(*key, {.scheme = Scheme::kAesGcm, .iv = twelve}, {}),
              IsError(Code::kNotApproved, testing::HasSubstr("external_iv")));
}

TEST_F(CipherTest, AlteredAuthenticatedMessagesAreRefused) {
  const KeyRef key = MakeAes(Algorithm::kAes256);
  for (const Scheme scheme : {Scheme::kAesGcm, Scheme::kAesCcm}) {
    const auto sealed = Seal(*key, scheme, AsBytes(kMessage), AsBytes("aad"));
    ASSERT_THAT(sealed, IsOk());
    for (int part = 0; part < 3; ++part) {
      Encrypted altered = sealed->value;
      (part == 0 ? altered.iv : part == 1 ? altered.data : altered.tag)[2] ^= 1;
      EXPECT_THAT(Open(*key, scheme, altered, AsBytes("aad")), IsError(Code::kVerifyFailed));
    }
    EXPECT_THAT(Open(*key, scheme, sealed->value, AsBytes("bad")), IsError(Code::kVerifyFailed));
  }
}

TEST_F(CipherTest, SizesThatDoNotFitAreRefused) {
  const KeyRef key = MakeAes(Algorithm::kAes128);
  const auto encrypt = [&](Scheme scheme, std::size_t iv, std::size_t tag, std::size_t data) {
    const Bytes given(iv, 3);
    return module_->EncryptWith(*key, {.scheme = scheme, .iv = given, .tag_size = tag},
                                Bytes(data));
  };
  for (const std::size_t tag : {0u, 3u, 5u, 11u, 17u}) {
    EXPECT_THAT(encrypt(Scheme::kAesGcm, 0, tag, 1), IsError(Code::kInvalidArgument)) << tag;
    EXPECT_THAT(encrypt(Scheme::kAesCcm, 0, tag, 1), IsError(Code::kInvalidArgument)) << tag;
  }
  EXPECT_THAT(encrypt(Scheme::kAesCcm, 6, 16, 1), IsError(Code::kInvalidArgument));
  EXPECT_THAT(encrypt(Scheme::kAesCcm, 13, 16, 65'536), IsError(Code::kInvalidArgument));
  EXPECT_THAT(encrypt(Scheme::kAesCbc, 12, 16, 16), IsError(Code::kInvalidArgument));
  EXPECT_THAT(encrypt(Scheme::kAesCbc, 0, 16, 15), IsError(Code::kInvalidArgument));
  EXPECT_THAT(encrypt(Scheme::kAesEcb, 0, 16, 17), IsError(Code::kInvalidArgument));
  EXPECT_THAT(encrypt(Scheme::kAesEcb, 16, 16, 16), IsError(Code::kInvalidArgument));
  EXPECT_THAT(encrypt(Scheme::kAesCtr, 15, 16, 1), IsError(Code::kInvalidArgument));
}

// The provider refuses most of them too; the door says first what the mode takes.
TEST_F(CipherTest, IvsOutsideTheRangeOfAModeAreRefusedWithTheRange) {
  for (const CipherRules& rules : kCipherRules) {
    const bool xts = rules.scheme == Scheme::kAesXts;
    const KeyRef key = MakeAes(xts ? Algorithm::kAes128Xts : Algorithm::kAes256);
    for (const int size : {rules.least_iv - 1, rules.most_iv + 1}) {
      if (size <= 0 && rules.made_iv > 0) continue;  // an empty one asks the module to make it
      if (size < 0) continue;
      const Bytes iv(static_cast<std::size_t>(size), 7);
      const CipherParameters parameters{.scheme = rules.scheme, .iv = iv};
      const Bytes tag(rules.least_tag == 0 ? 0 : 16);
      EXPECT_THAT(module_->EncryptWith(*key, parameters, Bytes(16)),
                  IsError(Code::kInvalidArgument, testing::HasSubstr("takes an IV of")))
          << Name(rules.scheme) << size;
      EXPECT_THAT(module_->DecryptWith(*key, parameters, Bytes(16), tag),
                  IsError(Code::kInvalidArgument, testing::HasSubstr("takes an IV of")))
          << Name(rules.scheme) << size;
    }
  }
}

TEST_F(CipherTest, AadAndTagsAreForAuthenticatedModesOnly) {
  const KeyRef key = MakeAes(Algorithm::kAes128);
  EXPECT_THAT(Seal(*key, Scheme::kAesCbc, Bytes(16), AsBytes("aad")),
              IsError(Code::kInvalidArgument));
  auto sealed = Seal(*key, Scheme::kAesCtr, AsBytes(kMessage));
  ASSERT_THAT(sealed, IsOk());
  EXPECT_TRUE(sealed->value.tag.empty());
  sealed->value.tag = Bytes(16);
  EXPECT_THAT(Open(*key, Scheme::kAesCtr, sealed->value), IsError(Code::kInvalidArgument));
}

TEST_F(CipherTest, WrongPaddingIsRefused) {
  const KeyRef key = MakeAes(Algorithm::kAes256Cbc);
  auto sealed = Seal(*key, Scheme::kAesCbcPad, AsBytes("x"));
  ASSERT_THAT(sealed, IsOk());
  sealed->value.iv[15] ^= 0x40;
  EXPECT_THAT(Open(*key, Scheme::kAesCbcPad, sealed->value), IsError(Code::kVerifyFailed));
  sealed->value.data.clear();
  EXPECT_THAT(Open(*key, Scheme::kAesCbcPad, sealed->value), IsError(Code::kInvalidArgument));
}

// SP 800-38E: a data unit has 2^20 blocks at most; a first one cannot be less than a block.
TEST_F(CipherTest, XtsTakesOneDataUnit) {
  const KeyRef key = MakeAes(Algorithm::kAes128Xts);
  EXPECT_THAT(Seal(*key, Scheme::kAesXts, Bytes(15)), IsError(Code::kInvalidArgument));
  EXPECT_THAT(Seal(*key, Scheme::kAesXts, Bytes(17)), IsOk());
  EXPECT_THAT(Seal(*key, Scheme::kAesXts, Bytes(1u << 24)), IsOk());
  EXPECT_THAT(Seal(*key, Scheme::kAesXts, Bytes((1u << 24) + 1)), IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->EncryptWith(*key, {}, Bytes(16)), IsError(Code::kInvalidArgument));
}

// Requirement: xts-same-key
TEST_F(CipherTest, XtsKeyOfTwoEqualHalvesNeverEnters) {
  const auto enter = [](Algorithm algorithm, const Bytes& material) {
    return module_->EnterKey({.algorithm = algorithm, .usages = {}},
                             SecretBytes::CopyOf(material).value());
  };
  for (const Algorithm algorithm : {Algorithm::kAes128Xts, Algorithm::kAes256Xts}) {
    Bytes material(algorithm == Algorithm::kAes128Xts ? 32 : 64, 9);
    EXPECT_THAT(enter(algorithm, material),
                IsError(Code::kInvalidArgument, testing::HasSubstr("halves")));
    material.back() ^= 1;
    EXPECT_THAT(enter(algorithm, material), IsOk());
  }
  const KeyRef kwp = MakeKey(Algorithm::kAes256Kwp);
  const KeyRef same = enter(Algorithm::kHmacSha256, Bytes(32, 9)).value().value;
  const auto exportable =
      module_->EnterKey({.algorithm = Algorithm::kHmacSha256, .usages = {}, .extractable = true},
                        SecretBytes::CopyOf(Bytes(32, 9)).value());
  const auto wrapped = module_->WrapKey(*kwp, *exportable->value);
  ASSERT_THAT(wrapped, IsOk());
  EXPECT_THAT(module_->UnwrapKey(*kwp, wrapped->value,
                                 {.algorithm = Algorithm::kAes128Xts, .usages = {}}, NewId(), 1),
              IsError(Code::kInvalidArgument));
}

TEST_F(CipherTest, KeyBoundToAModeRefusesTheOthers) {
  for (const auto& [algorithm, own] : Offers()) {
    if (SchemesOf(algorithm, Operation::kEncrypt).size() > 2) continue;
    const KeyRef key = MakeAes(algorithm);
    for (const CipherRules& rules : kCipherRules) {
      if (rules.scheme == own || rules.mode == FindCipherRules(own)->mode) continue;
      EXPECT_THAT(Seal(*key, rules.scheme, AsBytes(kMessage)), IsError(Code::kUnsupported));
    }
  }
  const KeyRef rsa = MakeKey(Algorithm::kRsa2048);
  EXPECT_THAT(module_->EncryptWith(*rsa, {}, AsBytes("x")), IsError(Code::kUnsupported));
  const KeyRef mac = MakeKey(Algorithm::kAes128Cmac);
  EXPECT_THAT(module_->EncryptWith(*mac, {}, AsBytes("x")), IsError(Code::kUnsupported));
}

TEST_F(CipherTest, ModuleMadeNoncesAreCounted) {
  const KeyRef key = MakeKey(Algorithm::kAes256);
  for (const Scheme scheme : {Scheme::kAesGcm, Scheme::kAesCcm, Scheme::kAesCtr}) {
    EXPECT_THAT(Seal(*key, scheme, {}), IsError(Code::kInvocationLimit));
  }
  EXPECT_THAT(Seal(*key, Scheme::kAesCbc, {}), IsOk());
}

TEST_F(CipherTest, UsageIsEnforced) {
  const KeyRef key = MakeKey(Algorithm::kAes256, Usage::kDecrypt);
  EXPECT_THAT(Seal(*key, Scheme::kAesCbc, {}), IsError(Code::kKeyUsage));
  const KeyRef other = MakeKey(Algorithm::kAes256, Usage::kEncrypt | Usage::kMac);
  const auto sealed = Seal(*other, Scheme::kAesCbc, {});
  ASSERT_THAT(sealed, IsOk());
  EXPECT_THAT(Open(*other, Scheme::kAesCbc, sealed->value), IsError(Code::kKeyUsage));
  EXPECT_THAT(module_->Mac(*other, AsBytes("m")), IsOk());
}

// Requirement: ind-deny
TEST(CipherPolicyTest, OnRunsExternalIvsAndShortTagsFlagged) {
  const auto module = StartForTest(Policy::kOn);
  ASSERT_NE(module, nullptr);
  const KeyRef key =
      module->GenerateKey({.algorithm = Algorithm::kAes256, .usages = {}}, KeyId(), 1)->value.key;
  EXPECT_THAT(module->GrantInvocations(*key, 0, 10), IsOk());
  const Bytes iv(12, 5);
  const auto sealed =
      module->EncryptWith(*key, {.scheme = Scheme::kAesGcm, .iv = iv}, AsBytes(kMessage));
  ASSERT_THAT(sealed, IsOk());
  EXPECT_EQ(sealed->indicator, (Indicator{Approval::kNotApproved, Bit(Reason::kExternalIv)}));
  const auto opened = module->DecryptWith(*key, {.scheme = Scheme::kAesGcm, .iv = iv},
                                          sealed->value.data, sealed->value.tag);
  ASSERT_THAT(opened, IsOk());
  EXPECT_TRUE(opened->indicator.approved());
  for (const auto& [scheme, size] : {std::pair{Scheme::kAesGcm, 8}, {Scheme::kAesCcm, 6}}) {
    const auto cut = module->EncryptWith(
        *key, {.scheme = scheme, .tag_size = static_cast<std::size_t>(size)}, AsBytes(kMessage));
    ASSERT_THAT(cut, IsOk());
    EXPECT_EQ(cut->indicator, (Indicator{Approval::kNotApproved, Bit(Reason::kWeakParameters)}));
    const auto back = module->DecryptWith(*key, {.scheme = scheme, .iv = cut->value.iv},
                                          cut->value.data, cut->value.tag);
    ASSERT_THAT(back, IsOk());
    EXPECT_EQ(back->indicator.reasons, Bit(Reason::kWeakParameters));
  }
}

// The Galois/Counter Mode of Operation (McGrew, Viega), test case 17: an IV of 8 bytes.
TEST(CipherPolicyTest, ExternalIvOfAnotherSizeMatchesTheGcmPaper) {
  const auto module = StartForTest(Policy::kOn);
  ASSERT_NE(module, nullptr);
  const auto material = SecretBytes::CopyOf(
      FromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").value());
  const auto key = module->EnterKey({.algorithm = Algorithm::kAes256, .usages = {}}, *material);
  ASSERT_THAT(key, IsOk());
  EXPECT_THAT(module->GrantInvocations(*key->value, 0, 1), IsOk());
  const Bytes iv = FromHex("cafebabefacedbad").value();
  const Bytes aad = FromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2").value();
  const Bytes plaintext = FromHex(
                              "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                              "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
                              .value();
  const auto sealed = module->EncryptWith(
      *key->value, {.scheme = Scheme::kAesGcm, .iv = iv, .aad = aad}, plaintext);
  ASSERT_THAT(sealed, IsOk());
  EXPECT_EQ(ToHex(sealed->value.data),
            "c3762df1ca787d32ae47c13bf19844cbaf1ae14d0b976afac52ff7d79bba9de0"
            "feb582d33934a4f0954cc2363bc73f7862ac430e64abe499f47c9b1f");
  EXPECT_EQ(ToHex(sealed->value.tag), "3a337dbf46a792c45e454913fe2ea8f2");
}

}  // namespace
}  // namespace vallum::module
