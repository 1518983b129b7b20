// SPDX-License-Identifier: Apache-2.0
#include "module/entry.h"

#include <gtest/gtest.h>

#include "module/test_module.h"

namespace vallum::module {
namespace {

using EntryTest = ModuleTest;

Bytes Hex(std::string_view text) { return FromHex(text).value(); }
SecretBytes Secret(ByteSpan bytes) { return SecretBytes::CopyOf(bytes).value(); }
constexpr std::string_view kMessage = "the quick brown fox";

// The PKCS#8 form of an extractable key pair; an expanded private key ends it.
Bytes Pkcs8Of(Module& module, const Key& key) {
  const SecretBytes pem = ExportPrivateKeyPem(module, key).value();
  std::string text(AsText(pem.span()));
  text = text.substr(text.find('\n') + 1);
  text = text.substr(0, text.find("-----END"));
  std::erase(text, '\n');
  return FromBase64(text).value();
}

Bytes Tail(const Bytes& bytes, std::size_t size) { return Bytes(bytes.end() - size, bytes.end()); }

struct ExpandedSize {
  Algorithm algorithm;
  std::size_t size;
};
constexpr std::array kExpanded = {
    ExpandedSize{Algorithm::kMlDsa44, 2560},  ExpandedSize{Algorithm::kMlDsa65, 4032},
    ExpandedSize{Algorithm::kMlDsa87, 4896},  ExpandedSize{Algorithm::kMlKem512, 1632},
    ExpandedSize{Algorithm::kMlKem768, 2400}, ExpandedSize{Algorithm::kMlKem1024, 3168}};

TEST_F(EntryTest, AKeyPairComesBackByPkcs8) {
  for (const Algorithm algorithm :
       {Algorithm::kRsa2048, Algorithm::kEcP256, Algorithm::kEcP384, Algorithm::kEcP521,
        Algorithm::kEd25519, Algorithm::kMlDsa44, Algorithm::kMlKem768}) {
    SCOPED_TRACE(Name(algorithm));
    const KeyRef made = MakeKey(algorithm, {}, true);
    const auto entered = EnterKeyPair(*module_, {.algorithm = algorithm}, PrivateForm::kPkcs8,
                                      Secret(Pkcs8Of(*module_, *made)));
    ASSERT_THAT(entered, IsOk());
    EXPECT_TRUE(entered->indicator.approved());
    EXPECT_EQ(AttributesOf(*entered->value).origin, Origin::kEntered);
    EXPECT_EQ(module_->PublicKey(*entered->value).value(), module_->PublicKey(*made).value());
  }
}

// RFC 8032, 7.1, test 2.
TEST_F(EntryTest, AnEd25519SeedGivesItsPublicKey) {
  const auto entered =
      EnterKeyPair(*module_, {.algorithm = Algorithm::kEd25519}, PrivateForm::kSeed,
                   Secret(Hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")));
  ASSERT_THAT(entered, IsOk());
  EXPECT_EQ(ToHex(Tail(module_->PublicKey(*entered->value).value(), 32)),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(ToHex(module_->Sign(*entered->value, Scheme::kDefault, Hex("72")).value().value),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST_F(EntryTest, ASeedAndItsExpandedFormGiveOneKey) {
  for (const ExpandedSize& form : kExpanded) {
    SCOPED_TRACE(Name(form.algorithm));
    const bool kem = AllUsages(form.algorithm).Has(Usage::kEncapsulate);
    const auto seeded = EnterKeyPair(*module_, {.algorithm = form.algorithm, .extractable = true},
                                     PrivateForm::kSeed, Secret(Bytes(kem ? 64 : 32, 0x37)));
    ASSERT_THAT(seeded, IsOk());
    const Bytes expanded = Tail(Pkcs8Of(*module_, *seeded->value), form.size);
    const auto entered = EnterKeyPair(*module_, {.algorithm = form.algorithm},
                                      PrivateForm::kExpanded, Secret(expanded));
    ASSERT_THAT(entered, IsOk());
    EXPECT_EQ(module_->PublicKey(*entered->value).value(),
              module_->PublicKey(*seeded->value).value());
  }
}

// Requirement: import-validation
TEST_F(EntryTest, ExpandedKeysWhoseHalvesDoNotBelongTogetherAreRefused) {
  for (const ExpandedSize& form : kExpanded) {
    SCOPED_TRACE(Name(form.algorithm));
    const KeyRef made = MakeKey(form.algorithm, {}, true);
    const Bytes expanded = Tail(Pkcs8Of(*module_, *made), form.size);
    const bool kem = AllUsages(form.algorithm).Has(Usage::kEncapsulate);
    // ML-KEM: inside the public key within dk. ML-DSA: the hash of the public key within sk.
    Bytes altered = expanded;
    altered[kem ? form.size - 64 - 40 : 70] ^= 1;
    EXPECT_THAT(EnterKeyPair(*module_, {.algorithm = form.algorithm}, PrivateForm::kExpanded,
                             Secret(altered)),
                IsError(Code::kInvalidArgument));
    EXPECT_THAT(EnterKeyPair(*module_, {.algorithm = form.algorithm}, PrivateForm::kExpanded,
                             Secret(Bytes(expanded.begin() + 1, expanded.end()))),
                IsError(Code::kInvalidArgument));
  }
}

// Requirement: import-validation
TEST_F(EntryTest, SeedsOfWrongSizeAreRefused) {
  for (const Algorithm algorithm :
       {Algorithm::kEd25519, Algorithm::kMlDsa65, Algorithm::kMlKem768}) {
    for (const std::size_t size : {0u, 31u, 33u, 63u, 65u}) {
      EXPECT_THAT(EnterKeyPair(*module_, {.algorithm = algorithm}, PrivateForm::kSeed,
                               Secret(Bytes(size, 1))),
                  IsError(Code::kInvalidArgument))
          << Name(algorithm) << size;
    }
  }
}

// Requirement: import-validation
TEST_F(EntryTest, AnEcPrivateKeyOutOfRangeOrOfAnotherPointIsRefused) {
  const auto pkcs8 = [](std::string_view scalar) {
    return Hex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420" +
               std::string(scalar));
  };
  const auto enter = [](const Bytes& der) {
    return EnterKeyPair(*module_, {.algorithm = Algorithm::kEcP256}, PrivateForm::kPkcs8,
                        Secret(der));
  };
  EXPECT_THAT(enter(pkcs8("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433")),
              IsOk());
  EXPECT_THAT(enter(pkcs8(std::string(64, '0'))), IsError(Code::kInvalidArgument));
  // The order of P-256.
  EXPECT_THAT(enter(pkcs8("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")),
              IsError(Code::kInvalidArgument));
  Bytes mixed = Pkcs8Of(*module_, *MakeKey(Algorithm::kEcP256, {}, true));
  mixed[40] ^= 1;
  EXPECT_THAT(enter(mixed), IsError(Code::kInvalidArgument));
  mixed.push_back(0);
  EXPECT_THAT(enter(mixed), IsError(Code::kInvalidArgument));
}

TEST_F(EntryTest, FormsThatAnAlgorithmDoesNotHaveAreUnsupported) {
  const SecretBytes bytes = Secret(Bytes(32, 1));
  EXPECT_THAT(EnterKeyPair(*module_, {.algorithm = Algorithm::kRsa2048}, PrivateForm::kSeed, bytes),
              IsError(Code::kUnsupported));
  EXPECT_THAT(
      EnterKeyPair(*module_, {.algorithm = Algorithm::kEcP256}, PrivateForm::kExpanded, bytes),
      IsError(Code::kUnsupported));
  EXPECT_THAT(
      EnterKeyPair(*module_, {.algorithm = Algorithm::kAes256Gcm}, PrivateForm::kPkcs8, bytes),
      IsError(Code::kUnsupported));
  EXPECT_THAT(
      EnterPublic(*module_, {.algorithm = Algorithm::kRsa2048}, PublicForm::kRaw, bytes.span()),
      IsError(Code::kUnsupported));
}

TEST_F(EntryTest, PublicKeysComeAsSpkiAndRaw) {
  struct Case {
    Algorithm algorithm;
    std::size_t raw_size;
  };
  for (const Case& c :
       {Case{Algorithm::kEcP256, 65}, Case{Algorithm::kEcP521, 133}, Case{Algorithm::kEd25519, 32},
        Case{Algorithm::kMlDsa44, 1312}, Case{Algorithm::kMlKem768, 1184}}) {
    SCOPED_TRACE(Name(c.algorithm));
    const Bytes spki = module_->PublicKey(*MakeKey(c.algorithm)).value();
    const auto by_spki = EnterPublic(*module_, {.algorithm = c.algorithm}, PublicForm::kSpki, spki);
    const auto by_raw =
        EnterPublic(*module_, {.algorithm = c.algorithm}, PublicForm::kRaw, Tail(spki, c.raw_size));
    ASSERT_THAT(by_spki, IsOk());
    ASSERT_THAT(by_raw, IsOk());
    EXPECT_TRUE(by_raw->indicator.approved());
    EXPECT_EQ(module_->PublicKey(*by_spki->value).value(), spki);
    EXPECT_EQ(module_->PublicKey(*by_raw->value).value(), spki);
  }
}

TEST_F(EntryTest, APublicKeyEncryptsAndEncapsulatesForItsOwner) {
  const KeyRef rsa = MakeKey(Algorithm::kRsa2048);
  const auto rsa_public = EnterPublic(*module_, {.algorithm = Algorithm::kRsa2048},
                                      PublicForm::kSpki, module_->PublicKey(*rsa).value());
  ASSERT_THAT(rsa_public, IsOk());
  const auto sent =
      module_->EncryptOaep(*rsa_public->value, Scheme::kRsaOaepSha256, AsBytes(kMessage));
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(
      AsText(module_->DecryptOaep(*rsa, Scheme::kRsaOaepSha256, sent->value).value().value.span()),
      kMessage);
  const KeyRef kem = MakeKey(Algorithm::kMlKem512);
  const auto kem_public = EnterPublic(*module_, {.algorithm = Algorithm::kMlKem512},
                                      PublicForm::kSpki, module_->PublicKey(*kem).value());
  ASSERT_THAT(kem_public, IsOk());
  const auto encapsulated = module_->Encapsulate(*kem_public->value);
  ASSERT_THAT(encapsulated, IsOk());
  EXPECT_TRUE(module_->Decapsulate(*kem, encapsulated->value.ciphertext).value().value ==
              encapsulated->value.shared_secret);
  EXPECT_THAT(module_->Decapsulate(*kem_public->value, encapsulated->value.ciphertext),
              IsError(Code::kKeyUsage));
  EXPECT_THAT(
      EnterPublic(*module_, {.algorithm = Algorithm::kMlKem512, .usages = Usage::kDecapsulate},
                  PublicForm::kSpki, module_->PublicKey(*kem).value()),
      IsError(Code::kInvalidArgument));
}

// Requirement: import-validation
TEST_F(EntryTest, PublicKeysThatAreNoneAreRefused) {
  const auto enter = [](Algorithm algorithm, PublicForm form, const Bytes& bytes) {
    return EnterPublic(*module_, {.algorithm = algorithm}, form, bytes);
  };
  const Bytes ec = Tail(module_->PublicKey(*MakeKey(Algorithm::kEcP256)).value(), 65);
  Bytes off_curve = ec;
  off_curve.back() ^= 1;
  EXPECT_THAT(enter(Algorithm::kEcP256, PublicForm::kRaw, off_curve),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(enter(Algorithm::kEcP384, PublicForm::kRaw, ec), IsError(Code::kInvalidArgument));
  EXPECT_THAT(enter(Algorithm::kEcP256, PublicForm::kRaw, Bytes{0}),  // the point at infinity
              IsError(Code::kInvalidArgument));
  Bytes kem = Tail(module_->PublicKey(*MakeKey(Algorithm::kMlKem768)).value(), 1184);
  kem[0] = kem[1] = 0xFF;  // a coefficient of 4095, not below q = 3329
  EXPECT_THAT(enter(Algorithm::kMlKem768, PublicForm::kRaw, kem), IsError(Code::kInvalidArgument));
  EXPECT_THAT(enter(Algorithm::kMlDsa44, PublicForm::kRaw, Bytes(1311)),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(enter(Algorithm::kEd25519, PublicForm::kRaw, Bytes(31)),
              IsError(Code::kInvalidArgument));
}

// Requirement: import-validation
// Requirement: ind-deny
TEST_F(EntryTest, RsaKeysThatAreTooWeakAreRefused) {
  const Bytes good = module_->PublicKey(*MakeKey(Algorithm::kRsa2048)).value();
  const auto enter = [](const Bytes& spki) {
    return EnterPublic(*module_, {.algorithm = Algorithm::kRsa2048}, PublicForm::kSpki, spki);
  };
  ASSERT_THAT(enter(good), IsOk());
  Bytes even = good;
  even[even.size() - 6] ^= 1;
  EXPECT_THAT(enter(even), IsError(Code::kInvalidArgument));
  Bytes small_exponent = good;
  small_exponent[small_exponent.size() - 3] = 0x00;
  small_exponent[small_exponent.size() - 2] = 0xFF;
  small_exponent[small_exponent.size() - 1] = 0xFF;
  EXPECT_THAT(enter(small_exponent), IsError(Code::kInvalidArgument));
  Bytes short_modulus = Hex("30819f300d06092a864886f70d010101050003818d0030818902818100");
  Append(short_modulus, Bytes(128, 0xC5));
  Append(short_modulus, Hex("0203010001"));
  EXPECT_THAT(enter(short_modulus), IsError(Code::kInvalidArgument));
}

TEST_F(EntryTest, SecretKeysLeaveOnlyWhereExtractable) {
  const Bytes bytes(40, 0x21);
  const auto open = module_->EnterKey({.algorithm = Algorithm::kGenericSecret, .extractable = true},
                                      Secret(bytes));
  ASSERT_THAT(open, IsOk());
  const auto out = ExportSecretKey(*module_, *open->value);
  ASSERT_THAT(out, IsOk());
  EXPECT_TRUE(out->indicator.approved());
  EXPECT_EQ(ToBytes(out->value.span()), bytes);
  EXPECT_THAT(ExportSecretKey(*module_, *MakeKey(Algorithm::kGenericSecret)),
              IsError(Code::kNotExportable));
  EXPECT_THAT(ExportSecretKey(*module_, *MakeKey(Algorithm::kEcP256, {}, true)),
              IsError(Code::kUnsupported));
}

}  // namespace
}  // namespace vallum::module
