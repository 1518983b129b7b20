// SPDX-License-Identifier: Apache-2.0
#include "module/derivation.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "module/test_module.h"

namespace vallum::module {
namespace {

Bytes Hex(std::string_view text) { return FromHex(text).value(); }
constexpr std::uint32_t Bit(Reason reason) { return static_cast<std::uint32_t>(reason); }

Approved<KeyRef> EnterSecret(Module& module, ByteSpan bytes, bool extractable = true) {
  const SecretBytes material = SecretBytes::CopyOf(bytes).value();
  return module
      .EnterKey({.algorithm = Algorithm::kGenericSecret, .usages = {}, .extractable = extractable},
                material)
      .value();
}

class DerivationTest : public ModuleTest {
 protected:
  static KeyRef Secret(std::string_view hex) { return EnterSecret(*module_, Hex(hex)).value; }
  static KeyRef Secret() { return EnterSecret(*module_, Bytes(32, 0x5A)).value; }

  static std::string Derive(const KeyRef& base, const KdfParameters& how, std::size_t size) {
    const auto made = DeriveBytes(*module_, *base, how, size);
    EXPECT_THAT(made, IsOk());
    if (!made) return "";
    EXPECT_TRUE(made->indicator.approved());
    return ToHex(made->value.span());
  }
};

// RFC 5869, A.1.
// Requirement: algorithms-correct
TEST_F(DerivationTest, HkdfMatchesRfc5869) {
  const KeyRef base = Secret("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
  Hkdf how{.hash = DigestAlgorithm::kSha256,
           .step = Hkdf::Step::kBoth,
           .salt = Hex("000102030405060708090a0b0c"),
           .info = Hex("f0f1f2f3f4f5f6f7f8f9")};
  EXPECT_EQ(Derive(base, how, 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  how.step = Hkdf::Step::kExtract;
  const std::string prk = Derive(base, how, 32);
  EXPECT_EQ(prk, "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  how.step = Hkdf::Step::kExpand;
  EXPECT_EQ(Derive(Secret(prk), how, 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

// RFC 8448, section 3: the key schedule, and the finished key of the client's handshake secret.
TEST_F(DerivationTest, Tls13KeyScheduleMatchesRfc8448) {
  const KeyRef zeros = EnterSecret(*module_, Bytes(32)).value;
  const std::string early = Derive(zeros, Tls13Extract{}, 32);
  EXPECT_EQ(early, "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
  const KeyRef previous = Secret(early);
  const KeyRef agreed = Secret("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
  const Tls13Extract extract{.hash = DigestAlgorithm::kSha256, .previous = previous.get()};
  const std::string handshake = Derive(agreed, extract, 32);
  EXPECT_EQ(handshake, "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac");
  const Tls13Expand finished{.label = ToBytes(AsBytes("finished"))};
  EXPECT_EQ(Derive(Secret("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"),
                   finished, 32),
            "b80ad01015fb2f0bd65ff7d4da5d6bf83f84821d1f87fdc7d3c75b5a7b42d9c4");
}

// NIST CAVP, SP 800-108 counter mode, PRF CMAC_AES128, RLEN 8 bits, L 128, count 0.
TEST_F(DerivationTest, KbkdfMatchesCavp) {
  const Kbkdf how{
      .mode = Kbkdf::Mode::kCounter,
      .function = Kbkdf::Function::kCmac,
      .label = {},
      .context = Hex("c16e6e02c5a3dcc8d78b9ac1306877761310455b4e41469951d9e6c2245a064b33fd8c3b0120"
                     "3a7824485bf0a64060c4648b707d2607935699316ea5"),
      .iv = {},
      .counter_bits = 8,
      .separator = false,
      .length = false};
  EXPECT_EQ(Derive(Secret("dff1e50ac0b69dc40f1051d46c2b069c"), how, 16),
            "8be8f0869b3c0ba97b71863d1b9f7813");
}

// NIST CAVP, ANS X9.63-2001, SHA-256 (first 32 bytes).
TEST_F(DerivationTest, X963MatchesCavp) {
  const X963Kdf how{.hash = DigestAlgorithm::kSha256,
                    .shared_info = Hex("75eef81aa3041e33b80971203d2c0c52")};
  EXPECT_EQ(Derive(Secret("22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d"), how, 32),
            "c498af77161cc59f2962b9a713e2b215152d139766ce34a776df11866a69bf2e");
}

// NIST CAVP, TLS 1.2 SHA-256 (first 32 bytes of the key block).
TEST_F(DerivationTest, Tls12KeyBlockMatchesCavp) {
  const Tls12Kdf how{
      .hash = DigestAlgorithm::kSha256,
      .label = Tls12Kdf::Label::kKeyExpansion,
      .seed = Hex("ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868"
                  "62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616")};
  EXPECT_EQ(Derive(Secret("202c88c00f84a17a20027079604787461176455539e705be730890602c289a50"
                          "01e34eeb3a043e5d52a65e66125188bf"),
                   how, 32),
            "d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531");
}

TEST_F(DerivationTest, OneStepByHashIsTheHashOfCounterSecretAndInfo) {
  const Bytes secret(32, 0x5A);
  const Bytes info = {1, 2, 3};
  const OneStepKdf how{.function = OneStepKdf::Function::kHash,
                       .hash = DigestAlgorithm::kSha256,
                       .salt = {},
                       .info = info};
  const auto direct = module_->Sha256({Bytes{0, 0, 0, 1}, secret, info});
  ASSERT_THAT(direct, IsOk());
  EXPECT_EQ(Derive(Secret(), how, 32), ToHex(*direct));
}

std::vector<KdfParameters> OneOfEach() {
  std::vector<KdfParameters> all;
  all.emplace_back(Hkdf{});
  all.emplace_back(X963Kdf{});
  all.emplace_back(
      Pbkdf2{.hash = DigestAlgorithm::kSha512, .salt = Bytes(16, 1), .iterations = 1000});
  all.emplace_back(Tls12Kdf{.hash = DigestAlgorithm::kSha384,
                            .label = Tls12Kdf::Label::kKeyExpansion,
                            .seed = Bytes(64, 2)});
  all.emplace_back(Tls13Expand{});
  for (int i = 0; i < 4; ++i) {
    OneStepKdf one_step;
    one_step.function = static_cast<OneStepKdf::Function>(i);
    all.emplace_back(one_step);
    for (const Kbkdf::Mode mode : {Kbkdf::Mode::kCounter, Kbkdf::Mode::kFeedback}) {
      Kbkdf kbkdf;
      kbkdf.mode = mode;
      kbkdf.function = static_cast<Kbkdf::Function>(i);
      all.emplace_back(kbkdf);
    }
  }
  return all;
}

// Requirement: ind-allow
TEST_F(DerivationTest, EveryFunctionMakesApprovedKeysOfEverySymmetricAlgorithm) {
  const KeyRef base = Secret();
  for (const KdfParameters& how : OneOfEach()) {
    for (const Algorithm algorithm : Algorithms()) {
      if (IsAsymmetric(algorithm)) continue;
      SCOPED_TRACE(std::string(Name(SchemeOf(how))) + " " + std::string(Name(algorithm)));
      const KeyId id = NewId();
      const auto made = DeriveKey(*module_, *base, how, {.algorithm = algorithm}, id, 1);
      ASSERT_THAT(made, IsOk());
      EXPECT_TRUE(made->indicator.approved());
      EXPECT_EQ(AttributesOf(*made->value.key).origin, Origin::kDerived);
      const auto opened = module_->OpenKey(made->value.blob, id, 1);
      ASSERT_THAT(opened, IsOk());
      EXPECT_EQ(AttributesOf(**opened), AttributesOf(*made->value.key));
    }
  }
}

TEST_F(DerivationTest, ADerivedKeyIsThatOfTheDerivedBytes) {
  const KeyRef base = Secret();
  const auto bytes = DeriveBytes(*module_, *base, Hkdf{}, 48);
  ASSERT_THAT(bytes, IsOk());
  const auto made = DeriveKey(*module_, *base, Hkdf{},
                              {.algorithm = Algorithm::kHmacSha384, .bits = 384}, NewId(), 1);
  ASSERT_THAT(made, IsOk());
  const auto entered = module_->EnterKey({.algorithm = Algorithm::kHmacSha384}, bytes->value);
  ASSERT_THAT(entered, IsOk());
  EXPECT_EQ(module_->Mac(*made->value.key, AsBytes("m")).value().value,
            module_->Mac(*entered->value, AsBytes("m")).value().value);
}

TEST_F(DerivationTest, BytesOfAKeyThatIsNotExtractableStayInside) {
  const KeyRef base = EnterSecret(*module_, Bytes(32, 1), false).value;
  EXPECT_THAT(DeriveBytes(*module_, *base, Hkdf{}, 32), IsError(Code::kNotExportable));
  EXPECT_THAT(DeriveKey(*module_, *base, Hkdf{}, {.algorithm = Algorithm::kAes256Gcm}, NewId(), 1),
              IsOk());
}

TEST_F(DerivationTest, KeyPairsAreNotDerivedAndOtherKeysDoNotDerive) {
  const KeyRef base = Secret();
  EXPECT_THAT(DeriveKey(*module_, *base, Hkdf{}, {.algorithm = Algorithm::kEcP256}, NewId(), 1),
              IsError(Code::kUnsupported));
  const KeyRef hmac = MakeKey(Algorithm::kHmacSha256);
  EXPECT_THAT(DeriveBytes(*module_, *hmac, Hkdf{}, 32), IsError(Code::kUnsupported));
  const KeyRef pair = MakeKey(Algorithm::kEcP256);
  EXPECT_THAT(DeriveBytes(*module_, *pair, Hkdf{}, 32), IsError(Code::kUnsupported));
}

TEST_F(DerivationTest, SizesThatDoNotFitAreRefused) {
  const KeyRef base = Secret();
  const auto derive = [&](const KdfParameters& how, const KeySpec& spec) {
    return DeriveKey(*module_, *base, how, spec, NewId(), 1);
  };
  EXPECT_THAT(derive(Hkdf{}, {.algorithm = Algorithm::kAes256Gcm, .bits = 128}),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(derive(Hkdf{}, {.algorithm = Algorithm::kGenericSecret, .bits = 129}),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(derive(Hkdf{}, {.algorithm = Algorithm::kGenericSecret, .bits = 65'536}),
              IsError(Code::kProvider));  // RFC 5869: at most 255 blocks
  EXPECT_THAT(derive(X963Kdf{}, {.algorithm = Algorithm::kGenericSecret, .bits = 65'536}), IsOk());
  EXPECT_THAT(derive(X963Kdf{}, {.algorithm = Algorithm::kGenericSecret, .bits = 65'544}),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(DeriveBytes(*module_, *base, Hkdf{}, 0), IsError(Code::kInvalidArgument));
  EXPECT_THAT(DeriveBytes(*module_, *base, Hkdf{}, 8193), IsError(Code::kInvalidArgument));
  EXPECT_THAT(DeriveKey(*module_, *base, Hkdf{}, {.algorithm = Algorithm::kAes256Gcm}, KeyId(), 0),
              IsError(Code::kInvalidArgument));
}

TEST_F(DerivationTest, ParametersWithoutMeaningAreRefused) {
  const KeyRef base = Secret();
  const KeyRef hmac = MakeKey(Algorithm::kHmacSha256);
  const KeyRef mute =
      module_->GenerateKey({.algorithm = Algorithm::kAes256Gcm}, NewId(), 1).value().value.key;
  const auto code = [&](const KdfParameters& how, std::size_t size = 32) {
    const auto made = DeriveBytes(*module_, *base, how, size);
    return made ? Code::kInternal : made.error().code();
  };
  EXPECT_EQ(code(Hkdf{.step = Hkdf::Step::kExtract}, 31), Code::kInvalidArgument);
  EXPECT_EQ(code(OneStepKdf{.salt = {1}}), Code::kInvalidArgument);
  EXPECT_EQ(code(Kbkdf{.counter_bits = 12}), Code::kInvalidArgument);
  EXPECT_EQ(code(Kbkdf{.counter_bits = 40}), Code::kInvalidArgument);
  EXPECT_EQ(code(Pbkdf2{.salt = Bytes(16), .iterations = 0}), Code::kInvalidArgument);
  EXPECT_EQ(code(Pbkdf2{.salt = Bytes(16), .iterations = 10'000'001}), Code::kInvalidArgument);
  EXPECT_EQ(code(Pbkdf2{.salt = {}, .iterations = 1000}), Code::kInvalidArgument);
  EXPECT_EQ(code(Tls12Kdf{}, 48), Code::kInvalidArgument);
  EXPECT_EQ(code(Tls12Kdf{.seed = Bytes(32)}, 32), Code::kInvalidArgument);
  EXPECT_EQ(code(Tls13Extract{}, 48), Code::kInvalidArgument);
  EXPECT_EQ(code(Tls13Expand{.label = Bytes(250)}), Code::kInvalidArgument);
  EXPECT_EQ(code(Tls13Extract{.previous = mute.get()}), Code::kUnsupported);
  const KeyRef odd = Secret("000102030405060708090a0b0c0d0e0f10");
  EXPECT_THAT(DeriveBytes(*module_, *odd, Kbkdf{.function = Kbkdf::Function::kCmac}, 32),
              IsError(Code::kInvalidArgument));
}

// What is not approved: refused under `only`, flagged with the reason otherwise.
struct Denied {
  const char* name;
  KdfParameters how;
  std::size_t base_size;
  std::size_t size;
  Reason reason;
};

std::vector<Denied> DeniedDerivations() {
  const Bytes salt(16, 7);
  return {
      {"999 iterations", Pbkdf2{.salt = salt, .iterations = 999}, 32, 32, Reason::kWeakParameters},
      {"15 bytes of salt", Pbkdf2{.salt = Bytes(15, 7), .iterations = 1000}, 32, 32,
       Reason::kWeakParameters},
      {"13 bytes of output", Pbkdf2{.salt = salt, .iterations = 1000}, 32, 13, Reason::kShortKey},
      {"HKDF to 13 bytes", Hkdf{}, 32, 13, Reason::kShortKey},
      {"TLS 1.3 with SHA-512", Tls13Expand{.hash = DigestAlgorithm::kSha512}, 64, 32,
       Reason::kNotInTable},
      {"TLS 1.2 with SHA3-256",
       Tls12Kdf{.hash = DigestAlgorithm::kSha3_256,
                .label = Tls12Kdf::Label::kKeyExpansion,
                .seed = salt},
       32, 32, Reason::kNotInTable},
  };
}

// Requirement: ind-deny
TEST_F(DerivationTest, OnlyRefusesWhatIsBelowTheStandards) {
  for (const Denied& denied : DeniedDerivations()) {
    const KeyRef base = EnterSecret(*module_, Bytes(denied.base_size, 0x42)).value;
    const auto made = DeriveBytes(*module_, *base, denied.how, denied.size);
    EXPECT_THAT(made, IsError(Code::kNotApproved)) << denied.name;
  }
  EXPECT_THAT(module_->EnterKey({.algorithm = Algorithm::kGenericSecret},
                                SecretBytes::CopyOf(Bytes(13, 'p')).value()),
              IsError(Code::kNotApproved));
  EXPECT_THAT(
      module_->GenerateKey({.algorithm = Algorithm::kGenericSecret, .bits = 104}, NewId(), 1),
      IsError(Code::kNotApproved));
}

// Requirement: ind-deny
TEST(DerivationPolicyTest, OnAndLogRunItFlaggedWithTheReason) {
  for (const Policy policy : {Policy::kOn, Policy::kLog}) {
    const auto module = StartForTest(policy);
    ASSERT_NE(module, nullptr);
    for (const Denied& denied : DeniedDerivations()) {
      const KeyRef base = EnterSecret(*module, Bytes(denied.base_size, 0x42)).value;
      const auto made = DeriveBytes(*module, *base, denied.how, denied.size);
      ASSERT_THAT(made, IsOk()) << denied.name;
      EXPECT_EQ(made->indicator.approval, Approval::kNotApproved) << denied.name;
      EXPECT_NE(made->indicator.reasons & Bit(denied.reason), 0u) << denied.name;
    }
  }
}

TEST(DerivationPolicyTest, AShortBaseKeyIsFlaggedByEveryFunction) {
  const auto module = StartForTest(Policy::kOn);
  ASSERT_NE(module, nullptr);
  const Approved<KeyRef> base = EnterSecret(*module, Bytes(13, 'p'));
  EXPECT_EQ(base.indicator.reasons, Bit(Reason::kShortKey));
  for (const KdfParameters& how : OneOfEach()) {
    const auto* kbkdf = std::get_if<Kbkdf>(&how);
    if (kbkdf != nullptr && kbkdf->function != Kbkdf::Function::kHmac) continue;
    SCOPED_TRACE(Name(SchemeOf(how)));
    const auto made = DeriveBytes(*module, *base.value, how, 32);
    ASSERT_THAT(made, IsOk());
    EXPECT_NE(made->indicator.reasons & Bit(Reason::kShortKey), 0u);
  }
}

// RFC 7914, section 11: correct even where it is not approved.
TEST(DerivationPolicyTest, Pbkdf2MatchesRfc7914) {
  const auto module = StartForTest(Policy::kOn);
  ASSERT_NE(module, nullptr);
  const KeyRef once = EnterSecret(*module, AsBytes("passwd")).value;
  const auto first =
      DeriveBytes(*module, *once, Pbkdf2{.salt = ToBytes(AsBytes("salt")), .iterations = 1}, 64);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(ToHex(first->value.span()),
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
            "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
}

TEST(DerivationPolicyTest, MadeUnderALaxerPolicyTaintsTheEarlierSecret) {
  Bytes kek_blob;
  Bytes blob;
  SecretBytes root;
  {
    auto lax = Module::Start(TestConfig(Policy::kOn));
    ASSERT_THAT(lax, IsOk());
    root = (*lax)->GenerateRootKey().value();
    kek_blob = (*lax)->CreateKek(root).value();
    ASSERT_THAT((*lax)->Unseal(root, kek_blob), IsOk());
    blob =
        (*lax)
            ->GenerateKey({.algorithm = Algorithm::kGenericSecret, .extractable = true}, KeyId(), 1)
            .value()
            .value.blob;
  }
  auto strict = Module::Start(TestConfig(Policy::kOnly));
  ASSERT_THAT(strict, IsOk());
  ASSERT_THAT((*strict)->Unseal(root, kek_blob), IsOk());
  const KeyRef tainted = (*strict)->OpenKey(blob, KeyId(), 1).value();
  EXPECT_THAT(DeriveBytes(**strict, *tainted, Hkdf{}, 32), IsError(Code::kNotApproved));
  const KeyRef clean = EnterSecret(**strict, Bytes(32, 1)).value;
  EXPECT_THAT(DeriveBytes(**strict, *clean, Tls13Extract{.previous = tainted.get()}, 32),
              IsError(Code::kNotApproved));
}

TEST_F(DerivationTest, EqualInputsGiveEqualKeysAndOtherInfoOthers) {
  const KeyRef base = Secret();
  EXPECT_TRUE(rc::check([&](const Bytes& salt, const Bytes& info) {
    Hkdf how{.salt = salt, .info = info};
    const std::string first = Derive(base, how, 32);
    RC_ASSERT(first == Derive(base, how, 32));
    how.info.push_back(0);
    RC_ASSERT(first != Derive(base, how, 32));
  }));
}

}  // namespace
}  // namespace vallum::module
