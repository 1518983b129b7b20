// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <unordered_set>

#include "base/test_matchers.h"

namespace vallum {
namespace {

using testing::Eq;

constexpr std::array<std::uint8_t, 16> kBytes = {0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3,
                                                 0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
constexpr std::string_view kText = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

// RFC 9562 appendix A.6: Tuesday, February 22, 2022 2:22:22.00 PM GMT-05:00.
TEST(UuidTest, MatchesTheExampleOfTheStandard) {
  const TimePoint time{std::chrono::milliseconds(1645557742000)};
  const std::array<std::uint8_t, 10> random = {0x0c, 0xc3, 0x18, 0xc4, 0xdc,
                                               0x0c, 0x0c, 0x07, 0x39, 0x8f};
  EXPECT_EQ(MakeUuidV7(time, random), kBytes);
}

TEST(UuidTest, SetsVersionAndVariantWhateverTheRandomBytes) {
  for (const std::uint8_t fill : {0x00, 0xff}) {
    std::array<std::uint8_t, 10> random;
    random.fill(fill);
    const auto id = MakeUuidV7(TimePoint(std::chrono::seconds(1)), random);
    EXPECT_EQ(id[6] >> 4, 7);
    EXPECT_EQ(id[8] >> 6, 2);
  }
}

TEST(UuidTest, TakesTimesBeforeTheEpochAsTheEpoch) {
  const auto id = MakeUuidV7(TimePoint(std::chrono::seconds(-5)), std::array<std::uint8_t, 10>{});
  EXPECT_EQ(FormatUuid(id), "00000000-0000-7000-8000-000000000000");
}

TEST(UuidTest, SortsByTime) {
  std::array<std::uint8_t, 10> high;
  high.fill(0xff);
  const TimePoint early{std::chrono::milliseconds(1000)};
  EXPECT_LT(KeyId(MakeUuidV7(early, high)), KeyId(MakeUuidV7(early + std::chrono::milliseconds(1),
                                                             std::array<std::uint8_t, 10>{})));
}

TEST(UuidTest, FormatsInLowerCase) {
  EXPECT_EQ(FormatUuid(kBytes), kText);
  EXPECT_EQ(ToString(KeyId(kBytes)), kText);
}

TEST(UuidTest, ParsesEitherCase) {
  EXPECT_THAT(ParseUuid(kText), IsOkAnd(Eq(kBytes)));
  EXPECT_THAT(ParseUuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), IsOkAnd(Eq(kBytes)));
}

TEST(UuidTest, RefusesWhatIsNotAUuid) {
  for (const char* text :
       {"", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2079b0-7cc3-98c4-dc0c0c07398f", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", "017f22e2-79b0-7cc3-98c4--c0c0c07398f"}) {
    EXPECT_THAT(ParseUuid(text), IsError(Code::kInvalidArgument)) << text;
  }
}

TEST(UuidTest, CanBeAKeyOfAHashTable) {
  const std::unordered_set<KeyId> ids = {KeyId(kBytes), KeyId(), KeyId(kBytes)};
  EXPECT_EQ(ids.size(), 2U);
  EXPECT_TRUE(ids.contains(KeyId(kBytes)));
}

}  // namespace
}  // namespace vallum
