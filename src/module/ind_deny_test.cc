// SPDX-License-Identifier: Apache-2.0
// Requirement: ind-deny
// What is not approved, item by item. Where the door has no way to ask for it, it is refused as unsupported
// (or as a key that is none) under every policy; where it has one, policy `only` refuses, and `on` and
// `log` run it flagged, with the reason.
#include <functional>
#include <string>
#include <vector>

#include "module/test_module.h"

namespace vallum::module {
namespace {

using Outcome = Result<Indicator>;

constexpr std::uint32_t Bit(Reason reason) { return static_cast<std::uint32_t>(reason); }
constexpr std::array kPolicies = {Policy::kOnly, Policy::kOn, Policy::kLog};
constexpr std::array kLaxPolicies = {Policy::kOn, Policy::kLog};

// Keys that OpenSSL 3.0 made: what their owner would try to bring in.
constexpr std::string_view kX25519Public =
    "302a300506032b656e032100d0e4d6c54a4b1001af678f4dac55aefb2399058c699f2c6fe9ccf6b0611aaa26";
constexpr std::string_view kX25519Private =
    "302e020100300506032b656e0422042058e40248a064615f3b9409b50808ac31074f0bd5c02adcbbd2e67aee"
    "ff5d8e59";
constexpr std::string_view kRsa1024Public =
    "30819f300d06092a864886f70d010101050003818d0030818902818100c0b28b7c578232bb138567ce3826a9"
    "5493c30eea9c47dffcc97e46dbc13051824bedf88f1ab9c86c1e7cf4ea07f52e200028df0c40c819f7a97f04"
    "d91f529acb0162bf088390ec9de4692cfcaca1aee3e8319693de3f28216a105ddcdd8ca93beda223edfc68af"
    "a935417267dd95df15095debc3839b7acfe20bf1fc4c3acddb0203010001";
constexpr std::string_view kRsa1024Private =
    "30820276020100300d06092a864886f70d0101010500048202603082025c02010002818100c0b28b7c578232"
    "bb138567ce3826a95493c30eea9c47dffcc97e46dbc13051824bedf88f1ab9c86c1e7cf4ea07f52e200028df"
    "0c40c819f7a97f04d91f529acb0162bf088390ec9de4692cfcaca1aee3e8319693de3f28216a105ddcdd8ca9"
    "3beda223edfc68afa935417267dd95df15095debc3839b7acfe20bf1fc4c3acddb02030100010281804449c1"
    "c6c1d841142cf9d4ecaed77ca09d70bdc384b8aff70c8cf49d821c16769f63e8f705d89adf3dfab86c8b7f66"
    "e62e484dab30f5f8c5dcca47b48e361ee67ede38d0f9b3d7ee3449fee104568345e27f7e5aed3e705eaf55ec"
    "1e07006969b3835a3a4bdb0c448af0bcf1c8302c9c8de0aaf4c81fba0c06875a4b2e4cd651024100dea7b8e8"
    "82cbf8fde45f9a9fa1c201d9d0505e9b65b10c0016aabdba24d59aba5995e1a274738dc9eca0c5e604be5ef9"
    "2503b08701f5b45a9b549887a6f505e9024100dd8e4961fd57e3145d059a0bcadee2f7f98220d45ab0db7e04"
    "a23eaf7221ea8f69996801dae61b6db186d3bdf0d979c6217869c200150ebc6e8c384e06e0a72302406929ba"
    "d24704e423b6fbd8e250da7b594f64c66a8b4b66299c8b247588f442d285819f42c5d1d6446b393c7f79fa18"
    "8d80880f9694bc6264f13cb19650ab26110241009ce26f7632d634172c539624799060b9e5754ed7f02c4210"
    "b729482826327c0cf762c8b25f9607a022506dc9972df83be36187c9f712f22f5e3c6e765a0a646f02403afb"
    "4e383c321d3b7b9546e682b7932847bccd2ceea4e4b95e67032bf59b5faebe40f7a9a29d75f529a51853af30"
    "41df9c62cf7a3684864c79d452f10ac44655";

Bytes Hex(std::string_view digits) { return FromHex(digits).value(); }
SecretBytes Secret(const Bytes& bytes) { return SecretBytes::CopyOf(bytes).value(); }

template <typename T>
Outcome Of(const Result<T>& result) {
  if (!result) return result.error();
  if constexpr (requires { result->indicator; }) {
    return result->indicator;
  } else {
    return Indicator{Approval::kApproved, 0};
  }
}

KeyRef Make(Module& module, Algorithm algorithm, Usages usages = {}) {
  const KeySpec spec{.algorithm = algorithm, .usages = usages, .extractable = true};
  return module.GenerateKey(spec, KeyId(), 1).value().value.key;
}

// ---- What the door does not have ----------------------------------------------------------------

struct Missing {
  std::string_view name;
  Code code;
  std::function<Outcome(Module&)> ask;
};

Outcome AgreeWithX25519(Module& module) {
  const KeyRef own = Make(module, Algorithm::kEcP256, Usage::kDerive);
  return Of(Agree(module, *own, Hex(kX25519Public), {.algorithm = Algorithm::kGenericSecret}));
}

std::function<Outcome(Module&)> SignWithScheme(Algorithm algorithm, Scheme scheme) {
  return [=](Module& m) { return Of(m.Sign(*Make(m, algorithm), scheme, AsBytes("x"))); };
}

std::function<Outcome(Module&)> Parse(std::string_view algorithm) {
  return [=](Module&) { return Of(ParseAlgorithm(algorithm)); };
}

std::function<Outcome(Module&)> ParseTheScheme(std::string_view scheme) {
  return [=](Module&) { return Of(ParseScheme(scheme)); };
}

constexpr auto kNoScheme = static_cast<Scheme>(kSchemeCount);
constexpr auto kNoDigest = static_cast<DigestAlgorithm>(kDigestAlgorithmCount);
constexpr auto kNoAlgorithm = static_cast<Algorithm>(0x01ff);

std::vector<Missing> MissingKeys() {
  return {
      {"X25519 by name", Code::kUnsupported, Parse("x25519")},
      {"X25519 as the other side", Code::kInvalidArgument, AgreeWithX25519},
      {"X25519 as an EC key", Code::kInvalidArgument,
       [](Module& m) {
         return Of(EnterKeyPair(m, {.algorithm = Algorithm::kEcP256}, PrivateForm::kPkcs8,
                                Secret(Hex(kX25519Private))));
       }},
      {"Ed25519 that agrees", Code::kInvalidArgument,
       [](Module& m) {
         return Of(m.GenerateKey({.algorithm = Algorithm::kEd25519, .usages = Usage::kDerive},
                                 KeyId(), 1));
       }},
      {"RSA-1024 by name", Code::kUnsupported, Parse("rsa-1024")},
      {"RSA-1024 as a private key", Code::kInvalidArgument,
       [](Module& m) {
         return Of(EnterKeyPair(m, {.algorithm = Algorithm::kRsa2048}, PrivateForm::kPkcs8,
                                Secret(Hex(kRsa1024Private))));
       }},
      {"RSA-1024 as a public key", Code::kInvalidArgument,
       [](Module& m) { return Of(m.EnterPublicKey(Algorithm::kRsa2048, Hex(kRsa1024Public))); }},
      {"RSA-1024 by size", Code::kInvalidArgument,
       [](Module& m) {
         return Of(m.GenerateKey({.algorithm = Algorithm::kRsa2048, .bits = 1024}, KeyId(), 1));
       }},
      {"3DES by name", Code::kUnsupported, Parse("des-ede3-cbc")},
      {"an algorithm that is none", Code::kUnsupported,
       [](Module& m) { return Of(m.GenerateKey({.algorithm = kNoAlgorithm}, KeyId(), 1)); }},
      {"a 3DES key as an AES key", Code::kInvalidArgument,
       [](Module& m) {
         return Of(m.EnterKey({.algorithm = Algorithm::kAes128Cbc}, Secret(Bytes(21, 7))));
       }},
  };
}

std::vector<Missing> MissingMechanisms() {
  return {
      {"HMAC with MD5 by name", Code::kUnsupported, Parse("hmac-md5")},
      {"HMAC with SHA-1 by name", Code::kUnsupported, Parse("hmac-sha1")},
      {"a digest that is none, as MD5 and SHA-1", Code::kUnsupported,
       [](Module& m) { return Of(m.Hash(kNoDigest, AsBytes("x"))); }},
      {"such a digest in pieces", Code::kUnsupported,
       [](Module& m) { return Of(m.BeginDigest(kNoDigest)); }},
      {"such a digest in a derivation", Code::kUnsupported,
       [](Module& m) {
         return Of(
             DeriveBytes(m, *Make(m, Algorithm::kGenericSecret), Hkdf{.hash = kNoDigest}, 32));
       }},
      {"a SHAKE that is none", Code::kUnsupported,
       [](Module& m) { return Of(m.Shake(static_cast<ShakeAlgorithm>(2), AsBytes("x"), 16)); }},
      {"ECDSA with SHA-1 by name", Code::kUnsupported, ParseTheScheme("ecdsa-sha1")},
      {"RSA PKCS#1 with SHA-1 by name", Code::kUnsupported, ParseTheScheme("rsa-pkcs1-sha1")},
      {"ECDSA with a scheme that is none", Code::kUnsupported,
       SignWithScheme(Algorithm::kEcP256, kNoScheme)},
      {"RSA with a scheme that is none", Code::kUnsupported,
       SignWithScheme(Algorithm::kRsa2048, kNoScheme)},
      {"ECDSA over a SHA-1 digest", Code::kInvalidArgument,
       [](Module& m) {
         return Of(m.SignDigest(*Make(m, Algorithm::kEcP256), Scheme::kEcdsaSha256, Bytes(20, 1)));
       }},
      {"PKCS#1 v1.5 encryption by name", Code::kUnsupported, ParseTheScheme("rsa-pkcs1")},
      {"PKCS#1 v1.5 encryption", Code::kUnsupported,
       [](Module& m) {
         return Of(
             m.EncryptOaep(*Make(m, Algorithm::kRsa2048), Scheme::kRsaPkcs1Sha256, AsBytes("x")));
       }},
      {"PKCS#1 v1.5 decryption", Code::kUnsupported,
       [](Module& m) {
         return Of(
             m.DecryptOaep(*Make(m, Algorithm::kRsa2048), Scheme::kRsaPkcs1Sha256, Bytes(256, 1)));
       }},
  };
}

TEST(IndDenyTest, WhatTheDoorDoesNotHaveIsRefusedUnderEveryPolicy) {
  std::vector<Missing> all = MissingKeys();
  for (const Missing& missing : MissingMechanisms()) all.push_back(missing);
  for (const Policy policy : kPolicies) {
    const auto module = StartForTest(policy);
    ASSERT_NE(module, nullptr);
    for (const Missing& missing : all) {
      const Outcome outcome = missing.ask(*module);
      EXPECT_THAT(outcome, IsError(missing.code)) << missing.name << ", " << Name(policy);
    }
    EXPECT_EQ(module->status().services_not_approved, 0u);
    EXPECT_EQ(module->state(), State::kOperational);
  }
}

// ---- What it has -----------------------------------------------------------------------------------

struct Denied {
  std::string_view name;
  std::uint32_t reasons;  ///< exactly these
  std::function<Outcome(Module&)> ask;
};

Outcome Password(Module& module, std::size_t salt, std::uint64_t iterations) {
  const KeyRef base = Make(module, Algorithm::kGenericSecret);
  return Of(
      DeriveBytes(module, *base, Pbkdf2{.salt = Bytes(salt, 3), .iterations = iterations}, 32));
}

Outcome EncryptWithIv(Module& module, Algorithm algorithm) {
  const KeyRef key = Make(module, algorithm);
  EXPECT_THAT(module.GrantInvocations(*key, 0, 10), IsOk());
  const Bytes iv(12, 5);
  return Of(module.EncryptWith(*key, {.scheme = Scheme::kAesGcm, .iv = iv}, AsBytes("x")));
}

Outcome StreamWithIv(Module& module) {
  const KeyRef key = Make(module, Algorithm::kAes256Gcm);
  EXPECT_THAT(module.GrantInvocations(*key, 0, 10), IsOk());
  const Bytes iv(12, 5);
  auto stream = module.BeginEncryption(key, {.scheme = Scheme::kAesGcm, .iv = iv});
  if (!stream) return stream.error();
  Bytes room((*stream)->FinishRoom());
  return Of((*stream)->Finish(room));
}

Outcome EnterHmac(Module& module, std::size_t size) {
  return Of(module.EnterKey({.algorithm = Algorithm::kHmacSha256}, Secret(Bytes(size, 0x5A))));
}

std::vector<Denied> DeniedServices() {
  constexpr std::uint32_t kProvider = Bit(Reason::kProviderIndicator);
  constexpr std::uint32_t kShort = Bit(Reason::kShortKey) | kProvider;
  constexpr std::uint32_t kWeak = Bit(Reason::kWeakParameters);
  constexpr std::uint32_t kIv = Bit(Reason::kExternalIv);
  return {
      {"HMAC with a 64-bit key, entered", kShort, [](Module& m) { return EnterHmac(m, 8); }},
      {"HMAC with a 104-bit key, entered", kShort, [](Module& m) { return EnterHmac(m, 13); }},
      {"HMAC with a 64-bit key, made", kShort,
       [](Module& m) {
         return Of(m.GenerateKey({.algorithm = Algorithm::kHmacSha512, .bits = 64}, KeyId(), 1));
       }},
      {"KMAC with a 64-bit key", kShort,
       [](Module& m) {
         return Of(m.EnterKey({.algorithm = Algorithm::kKmac128}, Secret(Bytes(8, 1))));
       }},
      {"PBKDF2 with 999 iterations", kWeak | kProvider,
       [](Module& m) { return Password(m, 16, 999); }},
      {"PBKDF2 with 15 bytes of salt", kWeak | kProvider,
       [](Module& m) { return Password(m, 15, 1000); }},
      {"AES-128-GCM with a caller's IV", kIv,
       [](Module& m) { return EncryptWithIv(m, Algorithm::kAes128Gcm); }},
      {"AES-256 of every mode, GCM with a caller's IV", kIv,
       [](Module& m) { return EncryptWithIv(m, Algorithm::kAes256); }},
      {"AES-256-GCM in pieces with a caller's IV", kIv, StreamWithIv},
  };
}

TEST(IndDenyTest, WhatIsNotApprovedIsRefusedUnderOnly) {
  const auto module = StartForTest(Policy::kOnly);
  ASSERT_NE(module, nullptr);
  for (const Denied& denied : DeniedServices()) {
    const Outcome outcome = denied.ask(*module);
    ASSERT_THAT(outcome, IsError(Code::kNotApproved)) << denied.name;
    for (const std::string_view reason :
         ReasonNames(denied.reasons & ~Bit(Reason::kProviderIndicator))) {
      EXPECT_NE(outcome.error().message().find(reason), std::string::npos) << denied.name;
    }
  }
  EXPECT_EQ(module->status().services_not_approved, 0u);
}

TEST(IndDenyTest, WhatIsNotApprovedIsFlaggedWithItsReasonUnderOnAndLog) {
  for (const Policy policy : kLaxPolicies) {
    const auto module = StartForTest(policy);
    ASSERT_NE(module, nullptr);
    std::uint64_t flagged = 0;
    for (const Denied& denied : DeniedServices()) {
      const Outcome outcome = denied.ask(*module);
      ASSERT_THAT(outcome, IsOk()) << denied.name << ", " << Name(policy);
      EXPECT_EQ(outcome->approval, Approval::kNotApproved) << denied.name;
      EXPECT_EQ(outcome->reasons, denied.reasons) << denied.name;
      EXPECT_GT(module->status().services_not_approved, flagged) << denied.name;
      flagged = module->status().services_not_approved;
    }
  }
}

// The bounds themselves are approved, so that the refusals above are about what they say.
TEST(IndDenyTest, TheBoundsThemselvesAreApproved) {
  const auto module = StartForTest(Policy::kOnly);
  ASSERT_NE(module, nullptr);
  for (const Outcome& outcome : {EnterHmac(*module, 14), Password(*module, 16, 1000)}) {
    ASSERT_THAT(outcome, IsOk());
    EXPECT_EQ(*outcome, (Indicator{Approval::kApproved, 0}));
  }
}

// ---- Keys of a laxer policy --------------------------------------------------------------------------

struct Store {
  SecretBytes root;
  Bytes kek;
  Bytes blob;
};

Store MakeStore(Policy policy, Algorithm algorithm) {
  Store store;
  const auto module = Module::Start(TestConfig(policy)).value();
  store.root = module->GenerateRootKey().value();
  store.kek = module->CreateKek(store.root).value();
  EXPECT_THAT(module->Unseal(store.root, store.kek), IsOk());
  store.blob =
      module->GenerateKey({.algorithm = algorithm, .extractable = true}, KeyId(), 1)->value.blob;
  return store;
}

KeyRef DeriveWeakly(Module& module, Bytes* blob = nullptr) {
  const Pbkdf2 weak{.salt = Bytes(16, 3), .iterations = 999};
  const KeyRef base = Make(module, Algorithm::kGenericSecret);
  const KeySpec spec{.algorithm = Algorithm::kAes256, .extractable = true};
  NewKey made = DeriveKey(module, *base, weak, spec, KeyId(), 1).value().value;
  if (blob != nullptr) *blob = made.blob;
  EXPECT_THAT(module.GrantInvocations(*made.key, 0, 10), IsOk());
  return made.key;
}

// What the key is later used for is approved in itself.
TEST(IndDenyTest, AKeyFromAServiceThatWasNotApprovedIsNeverApproved) {
  constexpr Indicator kTainted{Approval::kNotApproved, Bit(Reason::kKeyMadeNotApproved)};
  for (const Policy policy : kLaxPolicies) {
    const auto module = StartForTest(policy);
    ASSERT_NE(module, nullptr);
    Bytes blob;
    const KeyRef key = DeriveWeakly(*module, &blob);
    const KeyRef clean = Make(*module, Algorithm::kAes256Gcm);
    EXPECT_EQ(Of(module->EncryptWith(*key, {}, AsBytes("x"))).value(), kTainted);
    EXPECT_EQ(Of(module->Mac(*key, AsBytes("x"))).value(), kTainted);
    const KeyRef opened = module->OpenKey(blob, KeyId(), 1).value();
    EXPECT_EQ(Of(module->Mac(*opened, AsBytes("x"))).value(), kTainted);
    const Bytes wrapped = module->WrapKey(*key, *clean).value().value;
    const auto unwrapped = module->UnwrapKey(*key, wrapped, {}, KeyId(), 1);
    ASSERT_THAT(unwrapped, IsOk());
    const KeyRef heir = unwrapped->value.key;
    EXPECT_THAT(module->GrantInvocations(*heir, 0, 10), IsOk());
    EXPECT_EQ(Of(module->Encrypt(*heir, AsBytes("x"), {})).value(), kTainted);
    const KeyRef short_key =
        module->EnterKey({.algorithm = Algorithm::kGenericSecret}, Secret(Bytes(13, 1)))->value;
    EXPECT_FALSE(AttributesOf(*short_key).made_approved);
    EXPECT_TRUE(AttributesOf(*clean).made_approved);
  }
}

TEST(IndDenyTest, AKeyMadeUnderALaxerPolicyIsRefusedByOnly) {
  for (const Policy lax : kLaxPolicies) {
    const Store store = MakeStore(lax, Algorithm::kAes256);
    const auto strict = Module::Start(TestConfig(Policy::kOnly)).value();
    ASSERT_THAT(strict->Unseal(store.root, store.kek), IsOk());
    const KeyRef key = strict->OpenKey(store.blob, KeyId(), 1).value();
    EXPECT_THAT(strict->GrantInvocations(*key, 0, 10), IsOk());
    const KeyRef other = Make(*strict, Algorithm::kAes128Gcm);
    for (const Outcome& outcome :
         {Of(strict->EncryptWith(*key, {}, AsBytes("x"))), Of(strict->Mac(*key, AsBytes("x"))),
          Of(strict->DecryptWith(*key, {.iv = Bytes(12)}, Bytes(1), Bytes(16))),
          Of(strict->WrapKey(*key, *other)),
          Of(strict->UnwrapKey(*key, Bytes(24), {}, KeyId(), 1))}) {
      ASSERT_THAT(outcome, IsError(Code::kNotApproved));
      EXPECT_NE(outcome.error().message().find("key_made_not_approved"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace vallum::module
