// SPDX-License-Identifier: Apache-2.0
#include "module/operator_record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/test_matchers.h"

namespace vallum::module {
namespace {

// Frozen: version 1 as docs/formats/operator-record.md says it.
constexpr std::string_view kSample =
    "564f5201020303416461"
    "4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b4b"
    "010101010101010101010101"
    "c1c2c3"
    "02020202020202020202020202020202";

OperatorRecord Sample(const Bytes& ciphertext) {
  OperatorRecord record;
  record.facts = {"Ada", Role::kCryptoOfficer, LoginMethod::kPassphrase};
  record.kek_id.fill(0x4B);
  record.sealed.iv.fill(1);
  record.sealed.ciphertext = ciphertext;
  record.sealed.tag.fill(2);
  return record;
}

TEST(OperatorRecordTest, WritesVersionOneAsSpecified) {
  const Bytes ciphertext = {0xc1, 0xc2, 0xc3};
  EXPECT_EQ(ToHex(EncodeOperatorRecord(Sample(ciphertext))), kSample);
}

TEST(OperatorRecordTest, ReadsWhatVersionOneWrote) {
  const Bytes bytes = FromHex(kSample).value();
  const auto record = ParseOperatorRecord(bytes);
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->facts, (OperatorFacts{"Ada", Role::kCryptoOfficer, LoginMethod::kPassphrase}));
  EXPECT_EQ(EncodeOperatorRecord(*record), bytes);
}

TEST(OperatorRecordTest, RefusesEveryPrefixAndWhatItWouldNotWrite) {
  const Bytes whole = FromHex(kSample).value();
  // The ciphertext has no length of its own: what is cut from it is found by the tag.
  for (std::size_t size = 0; size < whole.size() - 2; ++size) {
    EXPECT_THAT(ParseOperatorRecord(ByteSpan(whole).first(size)), IsError(Code::kIntegrity));
  }
  const std::vector<std::pair<std::size_t, std::uint8_t>> edits = {
      {0, 'W'}, {3, 2}, {4, 0}, {4, 4}, {5, 0}, {5, 4}, {6, 0}, {6, 65}, {7, ' '}, {8, 0x7f}};
  for (const auto& [at, value] : edits) {
    Bytes edited = whole;
    edited[at] = value;
    EXPECT_THAT(ParseOperatorRecord(edited), IsError(Code::kIntegrity)) << at;
  }
}

RC_GTEST_PROP(OperatorRecordTest, AnyBytesAreRefusedOrWrittenBackAlike, (const Bytes& noise)) {
  Bytes bytes = FromHex(kSample).value();
  for (std::size_t i = 0; i < noise.size(); ++i) {
    bytes[(i * 7 + noise[i]) % bytes.size()] ^= static_cast<std::uint8_t>(noise[i] & 3);
  }
  if (const auto record = ParseOperatorRecord(bytes)) {
    RC_ASSERT(EncodeOperatorRecord(*record) == bytes);
  }
}

TEST(OperatorRecordTest, AVerifierComesBackAsItWent) {
  PassphraseVerifier verifier;
  verifier.salt.fill(0x5a);
  verifier.iterations = 210'000;
  verifier.hash = SecretBytes::CopyOf(Bytes(64, 0x68)).value();
  const auto encoded = EncodeVerifier(verifier);
  ASSERT_THAT(encoded, IsOk());
  EXPECT_EQ(encoded->size(), 84u);
  const auto back = ParseVerifier(encoded->span());
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(back->salt, verifier.salt);
  EXPECT_EQ(back->iterations, verifier.iterations);
  EXPECT_TRUE(back->hash == verifier.hash);
  EXPECT_THAT(ParseVerifier(encoded->span().first(83)), IsError(Code::kIntegrity));
}

}  // namespace
}  // namespace vallum::module
