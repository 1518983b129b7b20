// SPDX-License-Identifier: Apache-2.0
// HMAC (FIPS 198-1). The door gives whole MACs; a shorter one is its beginning (SP 800-107).
#include <fmt/format.h>

#include "vectors/adapters.h"
#include "vectors/door.h"
#include "vectors/names.h"

namespace vallum::vectors {
namespace {

constexpr std::size_t kLeastKey = 112 / 8;  // SP 800-131A

}  // namespace

// Requirement: algorithms-correct
Result<Verdict> RunAcvpHmac(const AcvpCase& one) {
  const auto algorithm = HmacOf(one.algorithm);
  if (!algorithm) return NotRun(fmt::format("{} is not offered", one.algorithm));
  const Bytes key = one.test.Hex("key");
  const Bytes message = one.test.Hex("msg");
  const std::size_t size = one.group.Bits("macLen");
  if (one.group.Text("testType") != "AFT" || key.size() != one.group.Bits("keyLen") ||
      message.size() != one.group.Bits("msgLen")) {
    return Wrong("the case is not what its group says");
  }
  const Entered entered = TRY(EnterSecret(*algorithm, key));
  const auto mac = TRY(Door().Mac(*entered.value, message));
  if (size > mac.value.size()) return Wrong("the MAC is too short");
  TRY(Same("the MAC", ByteSpan(mac.value).first(size), one.Answer().Hex("mac")));
  const auto verified = TRY(Door().VerifyMac(*entered.value, message, mac.value));
  // Requirement: ind-allow
  return Ran(Both(Both(entered.indicator, mac.indicator), verified),
             ShortKeyIf(key.size() < kLeastKey));
}

}  // namespace vallum::vectors
