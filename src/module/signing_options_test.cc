// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "module/signing.h"
#include "module/test_module.h"

namespace vallum::module {
namespace {

using SigningOptionsTest = ModuleTest;
using Randomness = SignatureOptions::Randomness;
constexpr std::string_view kMessage = "the quick brown fox";

Bytes Hex(std::string_view text) { return FromHex(text).value(); }

KeyRef FromSeed(Module& module, Algorithm algorithm, ByteSpan seed) {
  const auto entered = EnterKeyPair(module, {.algorithm = algorithm}, PrivateForm::kSeed,
                                    SecretBytes::CopyOf(seed).value());
  EXPECT_THAT(entered, IsOk());
  return entered->value;
}

// RFC 8032, 7.4: blank, and 1 octet with context.
// Requirement: algorithms-correct
TEST_F(SigningOptionsTest, Ed448MatchesRfc8032) {
  const KeyRef blank =
      FromSeed(*module_, Algorithm::kEd448,
               Hex("6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3"
                   "528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b"));
  EXPECT_EQ(ToHex(module_->Sign(*blank, Scheme::kEd448, {}).value().value),
            "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f"
            "2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a"
            "9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4db"
            "b61149f05a7363268c71d95808ff2e652600");
  const KeyRef key = FromSeed(*module_, Algorithm::kEd448,
                              Hex("c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463a"
                                  "fbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e"));
  const auto signature =
      SignWith(*module_, *key, Scheme::kEd448, Hex("03"), {.context = Hex("666f6f")});
  ASSERT_THAT(signature, IsOk());
  EXPECT_TRUE(signature->indicator.approved());
  EXPECT_EQ(ToHex(signature->value),
            "d4f8f6131770dd46f40867d6fd5d5055de43541f8c5e35abbcd001b32a89f7d2"
            "151f7647f11d8ca2ae279fb842d607217fce6e042f6815ea000c85741de5c8da"
            "1144a6a1aba7f96de42505d7a7298524fda538fccbbb754f578c1cad10d54d0d"
            "5428407e85dcbc98a49155c13764e66c3c00");
}

// RFC 8032, 7.3.
// Requirement: algorithms-correct
TEST_F(SigningOptionsTest, Ed25519phMatchesRfc8032) {
  const KeyRef key =
      FromSeed(*module_, Algorithm::kEd25519,
               Hex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42"));
  const auto signature = SignWith(*module_, *key, Scheme::kEd25519ph, AsBytes("abc"), {});
  ASSERT_THAT(signature, IsOk());
  EXPECT_EQ(ToHex(signature->value),
            "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
            "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
}

struct ContextCase {
  Algorithm algorithm;
  Scheme scheme;
};

TEST_F(SigningOptionsTest, AContextIsPartOfWhatIsSigned) {
  for (const ContextCase& c : {ContextCase{Algorithm::kEd448, Scheme::kEd448},
                               ContextCase{Algorithm::kEd448, Scheme::kEd448ph},
                               ContextCase{Algorithm::kEd25519, Scheme::kEd25519ph},
                               ContextCase{Algorithm::kMlDsa44, Scheme::kMlDsa},
                               ContextCase{Algorithm::kSlhDsaSha2_128f, Scheme::kSlhDsa}}) {
    SCOPED_TRACE(Name(c.scheme));
    const KeyRef key = MakeKey(c.algorithm);
    const SignatureOptions options{.context = Bytes(255, 7)};
    const auto signature = SignWith(*module_, *key, c.scheme, AsBytes(kMessage), options);
    ASSERT_THAT(signature, IsOk());
    EXPECT_TRUE(signature->indicator.approved());
    const auto verify = [&](const Bytes& context) {
      return VerifyWith(*module_, *key, c.scheme, AsBytes(kMessage), signature->value,
                        {.context = context});
    };
    EXPECT_THAT(verify(options.context), IsOk());
    EXPECT_THAT(verify({}), IsError(Code::kVerifyFailed));
    EXPECT_THAT(verify(Bytes(254, 7)), IsError(Code::kVerifyFailed));
    EXPECT_THAT(SignWith(*module_, *key, c.scheme, AsBytes(kMessage), {.context = Bytes(256)}),
                IsError(Code::kInvalidArgument));
  }
}

TEST_F(SigningOptionsTest, DeterministicSignaturesRepeatAndHedgedOnesDoNot) {
  for (const Algorithm algorithm : {Algorithm::kMlDsa65, Algorithm::kSlhDsaShake128f}) {
    SCOPED_TRACE(Name(algorithm));
    const KeyRef key = MakeKey(algorithm);
    const auto sign = [&](Randomness randomness) {
      return SignWith(*module_, *key, Scheme::kDefault, AsBytes(kMessage),
                      {.randomness = randomness})
          .value()
          .value;
    };
    const Bytes fixed = sign(Randomness::kDeterministic);
    EXPECT_EQ(fixed, sign(Randomness::kDeterministic));
    EXPECT_NE(fixed, sign(Randomness::kHedged));
    EXPECT_THAT(VerifyWith(*module_, *key, Scheme::kDefault, AsBytes(kMessage), fixed,
                           {.randomness = Randomness::kDeterministic}),
                IsOk());
  }
}

TEST_F(SigningOptionsTest, MlDsaSignsAMessageRepresentative) {
  const KeyRef key = MakeKey(Algorithm::kMlDsa65);
  const Bytes mu(64, 0x6D);
  const auto signature = SignWith(*module_, *key, Scheme::kMlDsaMu, mu, {});
  ASSERT_THAT(signature, IsOk());
  EXPECT_TRUE(signature->indicator.approved());
  EXPECT_THAT(VerifyWith(*module_, *key, Scheme::kMlDsaMu, mu, signature->value, {}), IsOk());
  EXPECT_THAT(module_->Verify(*key, Scheme::kMlDsa, mu, signature->value),
              IsError(Code::kVerifyFailed));
  EXPECT_THAT(SignWith(*module_, *key, Scheme::kMlDsaMu, Bytes(63), {}),
              IsError(Code::kInvalidArgument));
}

TEST_F(SigningOptionsTest, PssTakesSaltsUpToItsHash) {
  const KeyRef key = MakeKey(Algorithm::kRsa2048);
  for (const std::size_t size : {0u, 20u, 32u}) {
    const SignatureOptions options{.salt_size = size};
    const auto signature =
        SignWith(*module_, *key, Scheme::kRsaPssSha256, AsBytes(kMessage), options);
    ASSERT_THAT(signature, IsOk()) << size;
    EXPECT_TRUE(signature->indicator.approved());
    EXPECT_THAT(VerifyWith(*module_, *key, Scheme::kRsaPssSha256, AsBytes(kMessage),
                           signature->value, options),
                IsOk());
    const auto usual =
        module_->Verify(*key, Scheme::kRsaPssSha256, AsBytes(kMessage), signature->value);
    EXPECT_EQ(usual.has_value(), size == 32) << size;
  }
  EXPECT_THAT(SignWith(*module_, *key, Scheme::kRsaPssSha256, AsBytes(kMessage), {.salt_size = 33}),
              IsError(Code::kInvalidArgument));
}

TEST_F(SigningOptionsTest, OptionsThatASchemeLacksAreUnsupported) {
  const KeyRef ec = MakeKey(Algorithm::kEcP256);
  const KeyRef ed = MakeKey(Algorithm::kEd25519);
  const auto sign = [](const KeyRef& key, Scheme scheme, const SignatureOptions& options) {
    return SignWith(*module_, *key, scheme, AsBytes(kMessage), options);
  };
  EXPECT_THAT(sign(ed, Scheme::kEd25519, {.context = {1}}), IsError(Code::kUnsupported));
  EXPECT_THAT(sign(ec, Scheme::kEcdsaSha256, {.context = {1}}), IsError(Code::kUnsupported));
  EXPECT_THAT(sign(ec, Scheme::kEcdsaSha256, {.randomness = Randomness::kDeterministic}),
              IsError(Code::kUnsupported));
  EXPECT_THAT(sign(ec, Scheme::kEcdsaSha256, {.salt_size = 32}), IsError(Code::kUnsupported));
  EXPECT_THAT(sign(MakeKey(Algorithm::kMlDsa44), Scheme::kMlDsaMu, {.context = {1}}),
              IsError(Code::kUnsupported));
}

// Requirement: pct-seen
TEST_F(SigningOptionsTest, EverySlhDsaSetIsMadeWithItsConsistencyTestAndVerifies) {
  for (const Algorithm algorithm : Algorithms()) {
    if (SchemesOf(algorithm, Operation::kSign) != std::vector{Scheme::kSlhDsa}) continue;
    SCOPED_TRACE(Name(algorithm));
    const KeyId id = NewId();
    const auto made = module_->GenerateKey({.algorithm = algorithm}, id, 1);
    ASSERT_THAT(made, IsOk());
    EXPECT_TRUE(made->indicator.approved());
    const auto opened = module_->OpenKey(made->value.blob, id, 1);
    ASSERT_THAT(opened, IsOk());
    const auto signature = module_->Sign(**opened, Scheme::kDefault, AsBytes(kMessage));
    ASSERT_THAT(signature, IsOk());
    Key& key = *made->value.key;
    EXPECT_THAT(module_->Verify(key, Scheme::kDefault, AsBytes(kMessage), signature->value),
                IsOk());
    EXPECT_THAT(module_->Verify(key, Scheme::kDefault, AsBytes("x"), signature->value),
                IsError(Code::kVerifyFailed));
  }
}

// What is not in the table is no name either, whatever the policy.
// Requirement: ind-deny
TEST_F(SigningOptionsTest, WhatIsNotApprovedHasNoName) {
  for (const char* algorithm : {"x25519", "x448", "rsa-1024", "dsa-2048", "ec-secp256k1"}) {
    EXPECT_THAT(ParseAlgorithm(algorithm), IsError(Code::kUnsupported)) << algorithm;
  }
  for (const char* scheme :
       {"rsa-pss-sha1", "rsa-pkcs1-sha1", "ecdsa-sha1", "rsa-pkcs1", "ed25519ctx", "rsa-x931"}) {
    EXPECT_THAT(ParseScheme(scheme), IsError(Code::kUnsupported)) << scheme;
  }
}

}  // namespace
}  // namespace vallum::module
