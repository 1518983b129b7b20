// SPDX-License-Identifier: Apache-2.0
// Encryption in several pieces gives what encryption at once gives, and stops where that stops.
#include <rapidcheck.h>

#include "module/test_module.h"

namespace vallum::module {
namespace {

constexpr Scheme kEach[] = {Scheme::kAesGcm,    Scheme::kAesCcm, Scheme::kAesCbc,
                            Scheme::kAesCbcPad, Scheme::kAesCtr, Scheme::kAesEcb};

class CipherStreamTest : public ModuleTest {
 protected:
  static KeyRef MakeAes(Algorithm algorithm = Algorithm::kAes256) {
    KeyRef key = MakeKey(algorithm);
    EXPECT_THAT(module_->GrantInvocations(*key, 0, 1'000'000), IsOk());
    return key;
  }

  // Pieces of `step` bytes through a stream of either kind.
  template <typename Stream>
  static Result<Bytes> Feed(Stream& stream, ByteSpan message, std::size_t step) {
    Bytes out;
    while (!message.empty()) {
      const ByteSpan piece = message.first(std::min(step, message.size()));
      Bytes room(stream.UpdateRoom(piece.size()));
      room.resize(TRY(stream.Update(piece, room)));
      Append(out, room);
      message = message.subspan(piece.size());
    }
    return out;
  }

  static Result<Encrypted> SealInPieces(const KeyRef& key, const CipherParameters& parameters,
                                        ByteSpan message, std::size_t step) {
    auto stream = TRY(module_->BeginEncryption(key, parameters));
    Encrypted out;
    out.data = TRY(Feed(*stream, message, step));
    Bytes room(stream->FinishRoom());
    auto end = TRY(stream->Finish(room));
    EXPECT_TRUE(end.indicator.approved());
    Append(out.data, ByteSpan(room).first(end.value.size));
    out.iv = std::move(end.value.iv);
    out.tag = std::move(end.value.tag);
    return out;
  }

  static Result<Bytes> OpenInPieces(const KeyRef& key, Scheme scheme, const Encrypted& sealed,
                                    std::size_t step) {
    auto stream = TRY(module_->BeginDecryption(key, {.scheme = scheme, .iv = sealed.iv}));
    Bytes out = TRY(Feed(*stream, sealed.data, step));
    Bytes room(stream->FinishRoom());
    const auto end = TRY(stream->Finish(sealed.tag, room));
    EXPECT_TRUE(end.indicator.approved());
    Append(out, ByteSpan(room).first(end.value));
    return out;
  }
};

TEST_F(CipherStreamTest, PiecesOpenWhatWasSealedAtOnceAndBack) {
  const KeyRef key = MakeAes();
  EXPECT_TRUE(rc::check("streams and one-shot services agree", [&] {
    const Scheme scheme =
        *rc::gen::elementOf(std::vector<Scheme>(std::begin(kEach), std::end(kEach)));
    auto message = *rc::gen::arbitrary<Bytes>();
    const auto step = *rc::gen::inRange<std::size_t>(1, 40);
    const bool blocks = scheme == Scheme::kAesCbc || scheme == Scheme::kAesEcb;
    if (blocks) message.resize(message.size() / 16 * 16);
    const auto whole = module_->EncryptWith(*key, {.scheme = scheme}, message);
    RC_ASSERT(whole.has_value());
    const auto opened = OpenInPieces(key, scheme, whole->value, step);
    RC_ASSERT(opened.has_value());
    RC_ASSERT(*opened == message);
    const auto pieces = SealInPieces(key, {.scheme = scheme}, message, step);
    RC_ASSERT(pieces.has_value());
    const auto back =
        module_->DecryptWith(*key, {.scheme = scheme, .iv = pieces->iv}, pieces->data, pieces->tag);
    RC_ASSERT(back.has_value());
    RC_ASSERT(ToBytes(back->value.span()) == message);
  }));
}

TEST_F(CipherStreamTest, XtsGathersItsDataUnit) {
  const KeyRef key = MakeAes(Algorithm::kAes256Xts);
  const Bytes tweak(16, 3), message(50, 8);
  const CipherParameters parameters{.scheme = Scheme::kAesXts, .iv = tweak};
  const auto sealed = SealInPieces(key, parameters, message, 7);
  ASSERT_THAT(sealed, IsOk());
  const auto whole = module_->EncryptWith(*key, parameters, message);
  ASSERT_THAT(whole, IsOk());
  EXPECT_EQ(sealed->data, whole->value.data);
  EXPECT_THAT(OpenInPieces(key, Scheme::kAesXts, *sealed, 9), IsOkAnd(testing::Eq(message)));
}

TEST_F(CipherStreamTest, NothingOfAnAlteredMessageComesOut) {
  const KeyRef key = MakeAes();
  for (const Scheme scheme : {Scheme::kAesGcm, Scheme::kAesCcm}) {
    const auto sealed = module_->EncryptWith(*key, {.scheme = scheme}, Bytes(100, 5));
    ASSERT_THAT(sealed, IsOk());
    Bytes data = sealed->value.data;
    data[99] ^= 1;
    auto stream = module_->BeginDecryption(key, {.scheme = scheme, .iv = sealed->value.iv});
    ASSERT_THAT(stream, IsOk());
    EXPECT_THAT((*stream)->Update(data, {}), IsOkAnd(testing::Eq(0u)));
    Bytes room((*stream)->FinishRoom(), 0xAA);
    EXPECT_THAT((*stream)->Finish(sealed->value.tag, room), IsError(Code::kVerifyFailed));
    EXPECT_EQ(room, Bytes(100, 0));
    EXPECT_THAT((*stream)->Finish(sealed->value.tag, room), IsError(Code::kInvalidArgument));
  }
}

TEST_F(CipherStreamTest, WrongSizesAreRefused) {
  const KeyRef key = MakeAes();
  auto cbc = module_->BeginEncryption(key, {.scheme = Scheme::kAesCbc});
  ASSERT_THAT(cbc, IsOk());
  Bytes small(16), room(40);
  EXPECT_THAT((*cbc)->Update(Bytes(17), small), IsError(Code::kInvalidArgument));
  EXPECT_THAT((*cbc)->Update(Bytes(17), room), IsOkAnd(testing::Eq(16u)));
  EXPECT_THAT((*cbc)->Finish(room), IsError(Code::kInvalidArgument));
  EXPECT_THAT((*cbc)->Update(Bytes(1), room), IsError(Code::kInvalidArgument));
  const Bytes iv(12, 1);
  auto gcm = module_->BeginDecryption(key, {.scheme = Scheme::kAesGcm, .iv = iv});
  ASSERT_THAT(gcm, IsOk());
  EXPECT_THAT((*gcm)->Finish(Bytes(12), room), IsError(Code::kInvalidArgument));
  EXPECT_THAT(module_->BeginDecryption(key, {.scheme = Scheme::kAesGcm}),
              IsError(Code::kInvalidArgument));
}

TEST_F(CipherStreamTest, GatheredMessagesHaveABound) {
  const KeyRef key = MakeAes();
  const Bytes iv(12, 1);
  auto stream = module_->BeginDecryption(key, {.scheme = Scheme::kAesGcm, .iv = iv});
  ASSERT_THAT(stream, IsOk());
  EXPECT_THAT((*stream)->Update(Bytes((64u << 20) + 1), {}), IsError(Code::kResourceExhausted));
}

TEST_F(CipherStreamTest, KeyOfAnotherFamilyOrUsageIsRefused) {
  EXPECT_THAT(module_->BeginEncryption(MakeKey(Algorithm::kHmacSha256), {}),
              IsError(Code::kUnsupported));
  const KeyRef key = MakeKey(Algorithm::kAes256, Usage::kEncrypt);
  const Bytes iv(16, 1);
  EXPECT_THAT(module_->BeginDecryption(key, {.scheme = Scheme::kAesCtr, .iv = iv}),
              IsError(Code::kKeyUsage));
  // Requirement: ind-deny
  EXPECT_THAT(module_->BeginEncryption(MakeAes(), {.scheme = Scheme::kAesGcm, .iv = iv}),
              IsError(Code::kNotApproved));
}

TEST(CipherStreamPolicyTest, ReasonOfTheBeginningSticksToTheEnd) {
  const auto module = StartForTest(Policy::kOn);
  ASSERT_NE(module, nullptr);
  const KeyRef key =
      module->GenerateKey({.algorithm = Algorithm::kAes256, .usages = {}}, KeyId(), 1)->value.key;
  EXPECT_THAT(module->GrantInvocations(*key, 0, 10), IsOk());
  const Bytes iv(12, 5);
  auto stream = module->BeginEncryption(key, {.scheme = Scheme::kAesGcm, .iv = iv});
  ASSERT_THAT(stream, IsOk());
  ASSERT_THAT((*stream)->Update(AsBytes("abc"), {}), IsOk());
  Bytes room(3);
  const auto end = (*stream)->Finish(room);
  ASSERT_THAT(end, IsOk());
  EXPECT_EQ(end->indicator.reasons, static_cast<std::uint32_t>(Reason::kExternalIv));
  EXPECT_FALSE(end->indicator.approved());
}

TEST(CipherStreamGateTest, StreamOfAStoppedModuleGivesNothing) {
  const auto module = StartForTest();
  ASSERT_NE(module, nullptr);
  const KeyRef key =
      module->GenerateKey({.algorithm = Algorithm::kAes256, .usages = {}}, KeyId(), 1)->value.key;
  auto stream = module->BeginEncryption(key, {.scheme = Scheme::kAesCbc});
  ASSERT_THAT(stream, IsOk());
  module->Shutdown();
  Bytes room(32, 0xAA);
  EXPECT_THAT((*stream)->Update(Bytes(16), room), IsError(Code::kModuleState));
  EXPECT_EQ(room, Bytes(32, 0xAA));
}

}  // namespace
}  // namespace vallum::module
