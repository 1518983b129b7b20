// SPDX-License-Identifier: Apache-2.0
// Known answers of NIST and the RFCs for the modes of AES, and what src/module cannot reach.
#include "ossl/cipher.h"

#include "ossl/ccm.h"
#include "ossl/keywrap.h"
#include "ossl/test_context.h"

namespace vallum::ossl {
namespace {

Bytes Hex(std::string_view text) { return FromHex(text).value(); }

std::unique_ptr<CipherKey> Key(Mode mode, std::string_view hex) {
  auto key = CipherKey::Create(TestContext(), mode, Hex(hex));
  EXPECT_THAT(key, IsOk());
  return *std::move(key);
}

// SP 800-38A, appendix F: one plaintext for every mode.
constexpr std::string_view kPlaintext =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

struct Known {
  Mode mode;
  std::string_view key;
  std::string_view iv;
  std::string_view ciphertext;
};

// F.1.1, F.1.3, F.1.5, F.2.1, F.2.3, F.2.5, F.5.1, F.5.3, F.5.5.
constexpr Known kSp80038a[] = {
    {Mode::kEcb, "2b7e151628aed2a6abf7158809cf4f3c", "",
     "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
     "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"},
    {Mode::kEcb, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "",
     "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"
     "ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e"},
    {Mode::kEcb, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "",
     "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
     "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7"},
    {Mode::kCbc, "2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f",
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
     "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"},
    {Mode::kCbc, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
     "000102030405060708090a0b0c0d0e0f",
     "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
     "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd"},
    {Mode::kCbc, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "000102030405060708090a0b0c0d0e0f",
     "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
     "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"},
    {Mode::kCtr, "2b7e151628aed2a6abf7158809cf4f3c", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
     "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"},
    {Mode::kCtr, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"
     "1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050"},
    {Mode::kCtr, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
     "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
     "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"}};

TEST(CipherTest, MatchesSp80038aInBothDirections) {
  for (const Known& known : kSp80038a) {
    const auto key = Key(known.mode, known.key);
    Bytes out(64);
    const Bytes iv = Hex(known.iv);
    ASSERT_THAT(key->Run(Direction::kEncrypt, iv, Fill::kNone, Hex(kPlaintext), out),
                IsOkAnd(testing::Eq(64u)));
    EXPECT_EQ(ToHex(out), known.ciphertext);
    ASSERT_THAT(key->Run(Direction::kDecrypt, iv, Fill::kNone, Hex(known.ciphertext), out),
                IsOkAnd(testing::Eq(64u)));
    EXPECT_EQ(ToHex(out), kPlaintext);
  }
}

TEST(CipherTest, StreamGivesTheSameInPieces) {
  for (const Known& known : kSp80038a) {
    const auto key = Key(known.mode, known.key);
    auto stream = key->Begin(Direction::kEncrypt, Hex(known.iv), Fill::kNone);
    ASSERT_THAT(stream, IsOk());
    const Bytes plaintext = Hex(kPlaintext);
    Bytes all;
    for (const std::size_t end : {7u, 8u, 40u, 64u}) {
      static std::size_t begin;
      if (end == 7u) begin = 0;
      Bytes piece(end - begin + kAesBlock);
      const auto size = stream->Update(ByteSpan(plaintext).subspan(begin, end - begin), piece);
      ASSERT_THAT(size, IsOk());
      Append(all, ByteSpan(piece).first(*size));
      begin = end;
    }
    Bytes last(kAesBlock);
    EXPECT_THAT(stream->Finish(last), IsOkAnd(testing::Eq(0u)));
    EXPECT_EQ(ToHex(all), known.ciphertext);
  }
}

// IEEE Std 1619, appendix B: vectors 2 (AES-128) and 10, first two blocks (AES-256).
TEST(CipherTest, XtsMatchesIeee1619) {
  const auto key =
      Key(Mode::kXts, "1111111111111111111111111111111122222222222222222222222222222222");
  Bytes out(32);
  const Bytes tweak = Hex("33333333330000000000000000000000");
  ASSERT_THAT(key->Run(Direction::kEncrypt, tweak, Fill::kNone, Bytes(32, 0x44), out), IsOk());
  EXPECT_EQ(ToHex(out), "c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0");
  ASSERT_THAT(key->Run(Direction::kDecrypt, tweak, Fill::kNone, Bytes(out), out), IsOk());
  EXPECT_EQ(out, Bytes(32, 0x44));
}

TEST(CipherTest, PaddingFillsAndWrongPaddingIsRefused) {
  const auto key = Key(Mode::kCbc, "2b7e151628aed2a6abf7158809cf4f3c");
  const Bytes iv(16, 1);
  for (std::size_t size = 0; size <= 33; ++size) {
    Bytes sealed(size + kAesBlock);
    const auto written = key->Run(Direction::kEncrypt, iv, Fill::kPkcs7, Bytes(size, 0x5a), sealed);
    ASSERT_THAT(written, IsOkAnd(testing::Eq(size / 16 * 16 + 16)));
    sealed.resize(*written);
    Bytes opened(sealed.size());
    ASSERT_THAT(key->Run(Direction::kDecrypt, iv, Fill::kPkcs7, sealed, opened),
                IsOkAnd(testing::Eq(size)));
    EXPECT_EQ(Bytes(opened.begin(), opened.begin() + static_cast<std::ptrdiff_t>(size)),
              Bytes(size, 0x5a));
  }
  Bytes out(32);
  EXPECT_THAT(key->Run(Direction::kDecrypt, iv, Fill::kPkcs7, Bytes(32, 9), out),
              IsError(Code::kVerifyFailed));
  EXPECT_EQ(out, Bytes(32, 0));
}

TEST(CipherTest, SizesThatDoNotFitAreRefused) {
  const auto key = Key(Mode::kCbc, "2b7e151628aed2a6abf7158809cf4f3c");
  Bytes out(32);
  EXPECT_THAT(key->Run(Direction::kEncrypt, Bytes(16), Fill::kNone, Bytes(15), out),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(key->Run(Direction::kEncrypt, Bytes(12), Fill::kNone, Bytes(16), out),
              IsError(Code::kInvalidArgument));
  EXPECT_THAT(key->Run(Direction::kEncrypt, {}, Fill::kNone, Bytes(16), out),
              IsError(Code::kInvalidArgument));
  for (const std::size_t size : {0u, 15u, 48u}) {
    EXPECT_THAT(CipherKey::Create(TestContext(), Mode::kCbc, Bytes(size)),
                IsError(Code::kInvalidArgument));
    EXPECT_THAT(CipherKey::Create(TestContext(), Mode::kXts, Bytes(size)),
                IsError(Code::kInvalidArgument));
  }
}

// Requirement: xts-same-key
TEST(CipherTest, ProviderRefusesXtsKeysThatAreTheSame) {
  EXPECT_FALSE(CipherKey::Create(TestContext(), Mode::kXts, Bytes(32, 7)).has_value());
}

// SP 800-38C, appendix C, examples 1 to 3.
struct KnownCcm {
  std::string_view nonce, aad, plaintext, ciphertext, tag;
};
constexpr KnownCcm kSp80038c[] = {
    {"10111213141516", "0001020304050607", "20212223", "7162015b", "4dac255d"},
    {"1011121314151617", "000102030405060708090a0b0c0d0e0f", "202122232425262728292a2b2c2d2e2f",
     "d2a1f0e051ea5f62081a7792073d593d", "1fc64fbfaccd"},
    {"101112131415161718191a1b", "000102030405060708090a0b0c0d0e0f10111213",
     "202122232425262728292a2b2c2d2e2f3031323334353637",
     "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5", "484392fbc1b09951"}};

TEST(CcmTest, MatchesSp80038c) {
  const auto key = CcmKey::Create(TestContext(), Hex("404142434445464748494a4b4c4d4e4f")).value();
  for (const KnownCcm& known : kSp80038c) {
    const Bytes nonce = Hex(known.nonce);
    const Bytes aad = Hex(known.aad);
    Bytes out(known.plaintext.size() / 2);
    Bytes tag(known.tag.size() / 2);
    ASSERT_THAT(key->Encrypt({nonce, aad}, Hex(known.plaintext), out, tag), IsOk());
    EXPECT_EQ(ToHex(out), known.ciphertext);
    EXPECT_EQ(ToHex(tag), known.tag);
    ASSERT_THAT(key->Decrypt({nonce, aad}, Hex(known.ciphertext), tag, out), IsOk());
    EXPECT_EQ(ToHex(out), known.plaintext);
  }
}

TEST(CcmTest, EmptyMessagesAreAuthenticatedToo) {
  const auto key = CcmKey::Create(TestContext(), Hex("404142434445464748494a4b4c4d4e4f")).value();
  const Bytes nonce(12, 3);
  for (const Bytes& aad : {Bytes(), Bytes(5, 1)}) {
    Bytes tag(16);
    ASSERT_THAT(key->Encrypt({nonce, aad}, {}, {}, tag), IsOk());
    EXPECT_THAT(key->Decrypt({nonce, aad}, {}, tag, {}), IsOk());
    tag[15] ^= 1;
    EXPECT_THAT(key->Decrypt({nonce, aad}, {}, tag, {}), IsError(Code::kVerifyFailed));
  }
}

TEST(CcmTest, AlteredMessagesLeaveNoPlaintext) {
  const auto key = CcmKey::Create(TestContext(), Hex("404142434445464748494a4b4c4d4e4f")).value();
  const Bytes nonce(13, 3);
  Bytes sealed(20), tag(8);
  ASSERT_THAT(key->Encrypt({nonce, {}}, Bytes(20, 0x33), sealed, tag), IsOk());
  sealed[19] ^= 1;
  Bytes opened(20, 0xAA);
  EXPECT_THAT(key->Decrypt({nonce, {}}, sealed, tag, opened), IsError(Code::kVerifyFailed));
  EXPECT_EQ(opened, Bytes(20, 0));
}

TEST(CcmTest, SizesThatDoNotFitAreRefused) {
  const auto key = CcmKey::Create(TestContext(), Hex("404142434445464748494a4b4c4d4e4f")).value();
  const auto attempt = [&](std::size_t nonce, std::size_t tag, std::size_t size) {
    Bytes out(size), mac(tag);
    return key->Encrypt({Bytes(nonce), {}}, Bytes(size), out, mac);
  };
  EXPECT_THAT(attempt(6, 16, 1), IsError(Code::kInvalidArgument));
  EXPECT_THAT(attempt(14, 16, 1), IsError(Code::kInvalidArgument));
  EXPECT_THAT(attempt(12, 2, 1), IsError(Code::kInvalidArgument));
  EXPECT_THAT(attempt(12, 15, 1), IsError(Code::kInvalidArgument));
  EXPECT_THAT(attempt(13, 16, 65'536), IsError(Code::kInvalidArgument));
  EXPECT_THAT(attempt(13, 16, 65'535), IsOk());
  EXPECT_THAT(CcmKey::Create(TestContext(), Bytes(20)), IsError(Code::kInvalidArgument));
}

// RFC 3394, 4.1, 4.3, 4.6; RFC 5649, 6.
struct KnownWrap {
  Mode mode;
  std::string_view key, material, wrapped;
};
constexpr KnownWrap kWraps[] = {
    {Mode::kKw, "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
     "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
    {Mode::kKw, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "00112233445566778899aabbccddeeff", "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"},
    {Mode::kKw, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
     "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"},
    {Mode::kKwp, "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
     "c37b7e6492584340bed12207808941155068f738",
     "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a"},
    {Mode::kKwp, "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8", "466f7250617369",
     "afbeb0f07dfbf5419200f2ccb50bb24f"}};

TEST(KeywrapTest, MatchesRfc3394AndRfc5649) {
  for (const KnownWrap& known : kWraps) {
    const auto key = Key(known.mode, known.key);
    const auto wrapped = Wrap(*key, known.mode, Hex(known.material));
    ASSERT_THAT(wrapped, IsOk());
    EXPECT_EQ(ToHex(*wrapped), known.wrapped);
    const auto back = Unwrap(*key, known.mode, *wrapped);
    ASSERT_THAT(back, IsOk());
    EXPECT_EQ(ToHex(back->span()), known.material);
  }
}

TEST(KeywrapTest, KwRefusesWhatHasNoWholeSemiblocks) {
  const auto key = Key(Mode::kKw, "000102030405060708090a0b0c0d0e0f");
  for (const std::size_t size : {0u, 8u, 17u, 65'544u}) {
    EXPECT_THAT(Wrap(*key, Mode::kKw, Bytes(size)), IsError(Code::kInvalidArgument)) << size;
  }
  for (const std::size_t size : {0u, 16u, 25u, 65'552u}) {
    EXPECT_THAT(Unwrap(*key, Mode::kKw, Bytes(size)), IsError(Code::kInvalidArgument)) << size;
  }
  EXPECT_THAT(Unwrap(*key, Mode::kKw, Bytes(24)), IsError(Code::kVerifyFailed));
}

}  // namespace
}  // namespace vallum::ossl
