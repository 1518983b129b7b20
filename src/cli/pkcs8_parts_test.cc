// SPDX-License-Identifier: Apache-2.0
#include "cli/pkcs8_parts.h"

#include <gtest/gtest.h>

#include "base/test_matchers.h"

namespace vallum::cli {
namespace {

// RFC 5915's structure around RFC 6979's key of A.2.5, five zeros behind it.
constexpr std::string_view kEc =
    "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420"
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"
    "0000000000";
constexpr std::string_view kP256 = "06082a8648ce3d030107";

TEST(Pkcs8PartsTest, AnEcKeyIsItsCurveAndItsNumber) {
  const Bytes der = FromHex(kEc).value();
  const auto parts = Pkcs8Parts(der, CKK_EC);
  ASSERT_THAT(parts, IsOk());
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ(parts->at(0).type, CKA_EC_PARAMS);
  EXPECT_EQ(ToHex(parts->at(0).value), kP256);
  EXPECT_EQ(ToHex(parts->at(1).value),
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
}

TEST(Pkcs8PartsTest, AnRsaKeyIsEightNumbersWithoutTheirSigns) {
  const Bytes der = FromHex(
                        "3033020100300d06092a864886f70d0101010500041f301d020100020200c1020103020200"
                        "8502010502010702010102010902010b")
                        .value();
  const auto parts = Pkcs8Parts(der, CKK_RSA);
  ASSERT_THAT(parts, IsOk());
  std::string numbers;
  for (const CkView& part : *parts) numbers += ToHex(part.value) + " ";
  EXPECT_EQ(numbers, "c1 03 85 05 07 01 09 0b ");
  EXPECT_EQ(parts->front().type, CKA_MODULUS);
  EXPECT_EQ(parts->back().type, CKA_COEFFICIENT);
}

TEST(Pkcs8PartsTest, EveryShorterKeyIsRefused) {
  const Bytes der = FromHex(kEc).value();
  for (std::size_t size = 0; size + 5 < der.size(); ++size) {
    EXPECT_THAT(Pkcs8Parts(ByteSpan(der).first(size), CKK_EC), IsError(Code::kInvalidArgument))
        << size;
  }
}

TEST(Pkcs8PartsTest, KeysOfOtherKindsAreNotTakenApart) {
  EXPECT_THAT(Pkcs8Parts(FromHex(kEc).value(), CKK_EC_EDWARDS), IsError(Code::kUnsupported));
  EXPECT_THAT(Pkcs8Parts(FromHex(kEc).value(), CKK_RSA), IsError(Code::kInvalidArgument));
}

}  // namespace
}  // namespace vallum::cli
